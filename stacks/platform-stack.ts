import { join } from "node:path";
import type { Construct } from "constructs";
import { App, TerraformOutput } from "#cdktf";
import { type ProgramName, perProgram } from "../model/programs.ts";
import { API_PATHS } from "../model/site.ts";
import { siteFolder } from "../model/site-folder.ts";
import { AccessLogBucket } from "../modules/access-log-bucket.ts";
import { edgeProvider } from "../modules/aws-provider.ts";
import { Cluster } from "../modules/cluster.ts";
import { ContainerRepository } from "../modules/container-repository.ts";
import { LoadBalancer } from "../modules/load-balancer.ts";
import { MysfitsTable } from "../modules/mysfits-table.ts";
import { NotificationTopic } from "../modules/notification-topic.ts";
import { PublicImages } from "../modules/public-images.ts";
import { Site, type SiteProps } from "../modules/site.ts";
import { SiteDomain } from "../modules/site-domain.ts";
import { SiteFirewall } from "../modules/site-firewall.ts";
import type { Settings } from "../settings/schema.ts";
import { MysfitsStack } from "./mysfits-stack.ts";
import type { NetworkStack } from "./network-stack.ts";

/** Shared resources of the services: load balancer, cluster, image repositories, table, site, and notification topic. */
export class PlatformStack extends MysfitsStack {
  readonly loadBalancer: LoadBalancer;
  readonly cluster: Cluster;
  readonly repositories: Readonly<Record<ProgramName, ContainerRepository>>;
  readonly publicImages: PublicImages;
  readonly table: MysfitsTable;
  readonly site: Site;
  readonly notifications: NotificationTopic;

  constructor(scope: Construct, settings: Settings, { vpc }: NetworkStack) {
    super(scope, "platform", settings);
    const { account, protection, logs, tls, email, cloudFrontPriceClass: priceClass } = settings;
    const name = this.prefix;
    const forceDestroy = !protection;
    const deletionProtection = protection;

    const accessLogs = new AccessLogBucket(this, "access-logs", {
      name: `${name}-access-logs-${account}`,
      keepDays: logs.accessLogDays,
      forceDestroy,
    });
    this.loadBalancer = new LoadBalancer(this, "load-balancer", { name, vpc, accessLogs, deletionProtection, tls });
    this.cluster = new Cluster(this, "cluster", { name, vpc });
    this.repositories = perProgram(
      (program) =>
        new ContainerRepository(this, `${program}-images`, { name: `${name}/${program}`, forceDelete: forceDestroy }),
    );
    this.publicImages = new PublicImages(this, "public-images", { name: `${name}-public` });
    this.table = new MysfitsTable(this, "table", { name: `${name}-mysfits`, deletionProtection });
    this.site = new Site(this, "site", {
      name,
      folder: siteFolder(settings.project.title, join(App.of(this).outdir, "site")),
      loadBalancer: this.loadBalancer,
      apiPaths: API_PATHS,
      priceClass,
      forceDestroy,
      headersOf: settings.sharedFrom,
      ...this.edge(settings),
    });
    this.notifications = new NotificationTopic(this, "notifications", {
      name: `${name}-notifications`,
      email,
    });
    new TerraformOutput(this, "site-address", { value: this.site.origin, description: "The adoption site" });
  }

  /** Creates the certificate and web ACL in us-east-1, as CloudFront requires. Without either, the stack has no provider there. */
  private edge(settings: Settings): Pick<SiteProps, "domain" | "webAclArn"> {
    const { site, waf } = settings;
    if (!site && waf === "off") {
      return { domain: undefined, webAclArn: undefined };
    }
    const edge = edgeProvider(this, settings);
    const name = this.prefix;
    return {
      domain: site && new SiteDomain(this, "site-domain", { name, site, edge, checkZone: !settings.emulator }),
      webAclArn:
        waf === "off" ? undefined : new SiteFirewall(this, "site-firewall", { name, mode: waf, edge }).webAclArn,
    };
  }
}
