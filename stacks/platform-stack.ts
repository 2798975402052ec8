import { join } from "node:path";
import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { AccessLogBucket } from "../modules/access-log-bucket.ts";
import { Cluster } from "../modules/cluster.ts";
import { ContainerRepository } from "../modules/container-repository.ts";
import { LoadBalancer } from "../modules/load-balancer.ts";
import { MysfitsTable } from "../modules/mysfits-table.ts";
import { NotificationTopic } from "../modules/notification-topic.ts";
import { PublicImages } from "../modules/public-images.ts";
import { Site } from "../modules/site.ts";
import type { Settings } from "../settings/schema.ts";
import { API_PATHS } from "../specs/site.ts";
import { MysfitsStack } from "./mysfits-stack.ts";
import type { NetworkStack } from "./network-stack.ts";

/** What the services stand on: the way in, the place to run, the images, the data, the site, and the topic that tells people. */
export class PlatformStack extends MysfitsStack {
  readonly loadBalancer: LoadBalancer;
  readonly cluster: Cluster;
  readonly repositories: Readonly<Record<"like" | "monolith" | "metadata-proxy", ContainerRepository>>;
  readonly publicImages: PublicImages;
  readonly table: MysfitsTable;
  readonly site: Site;
  readonly notifications: NotificationTopic;

  constructor(scope: Construct, settings: Settings, { vpc }: NetworkStack) {
    super(scope, "platform", settings);
    const { region, account, protection, logs, tls, email, cloudFrontPriceClass: priceClass } = settings;
    const name = this.prefix;
    const forceDestroy = protection === "off";
    const deletionProtection = protection === "on";

    const accessLogs = new AccessLogBucket(this, "access-logs", {
      name: `${name}-access-logs-${account}`,
      account,
      keepDays: logs.accessLogDays,
      forceDestroy,
    });
    this.loadBalancer = new LoadBalancer(this, "load-balancer", { name, vpc, accessLogs, deletionProtection, tls });
    this.cluster = new Cluster(this, "cluster", { name, vpc });
    const repository = (program: string) =>
      new ContainerRepository(this, `${program}-images`, { name: `${name}/${program}`, forceDelete: forceDestroy });
    this.repositories = {
      like: repository("like"),
      monolith: repository("monolith"),
      "metadata-proxy": repository("metadata-proxy"),
    };
    this.publicImages = new PublicImages(this, "public-images", { name: `${name}-public`, region, account });
    this.table = new MysfitsTable(this, "table", { name: `${name}-mysfits`, deletionProtection });
    this.site = new Site(this, "site", {
      name,
      account,
      folder: join(import.meta.dirname, "..", "web"),
      loadBalancer: this.loadBalancer,
      apiPaths: API_PATHS,
      priceClass,
      forceDestroy,
    });
    this.notifications = new NotificationTopic(this, "notifications", {
      name: `${name}-notifications`,
      account,
      email,
    });
    new TerraformOutput(this, "site-address", { value: this.site.origin, description: "The adoption site" });
  }
}
