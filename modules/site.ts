import { readdirSync } from "node:fs";
import { extname, join, relative } from "node:path";
import { Construct } from "constructs";
import { CloudfrontDistribution } from "#aws/cloudfront-distribution";
import { CloudfrontOriginAccessControl } from "#aws/cloudfront-origin-access-control";
import { CloudfrontResponseHeadersPolicy } from "#aws/cloudfront-response-headers-policy";
import { DataAwsCloudfrontResponseHeadersPolicy } from "#aws/data-aws-cloudfront-response-headers-policy";
import { S3Object } from "#aws/s3-object";
import { AssetType, TerraformAsset } from "#cdktf";
import { CONTENT_TYPES, SITE_HEADERS } from "../model/site.ts";
import { environmentOf } from "./environment.ts";
import type { LoadBalancer } from "./load-balancer.ts";
import { PrivateBucket } from "./private-bucket.ts";
import type { SiteDomain } from "./site-domain.ts";
import { UPDATE_USERS_FIRST } from "./update-users-first.ts";

export interface SiteProps {
  readonly name: string;
  /** Folder with the site's files. */
  readonly folder: string;
  readonly loadBalancer: Pick<LoadBalancer, "hostName" | "port">;
  /** Path patterns that go to the load balancer. All other paths are files of the site. */
  readonly apiPaths: readonly string[];
  readonly priceClass: string;
  readonly forceDestroy: boolean;
  /** Environment whose response headers policy the site uses, because an account has twenty. Default: its own. */
  readonly headersOf: string | undefined;
  /** Your own domain. Default: CloudFront's name and certificate. */
  readonly domain: SiteDomain | undefined;
  /** Web ACL of AWS WAF. Default: none. */
  readonly webAclArn: string | undefined;
}

// Fixed IDs of CloudFront's managed policies. Source: "Use managed cache policies" and "Use managed origin request
// policies", Amazon CloudFront developer guide.
const CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6";
const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac";

/** TLS 1.2 or later. Source: "Supported protocols and ciphers between viewers and CloudFront", CloudFront developer guide. */
const VIEWER_TLS = "TLSv1.2_2021";

/** Seconds that CloudFront waits for a response of the load balancer. */
const ORIGIN_TIMEOUT = 30;

/** The adoption site and the API on one origin: files from a private bucket, API paths from the load balancer. */
export class Site extends Construct {
  readonly origin: string;

  constructor(
    scope: Construct,
    id: string,
    { name, folder, loadBalancer, apiPaths, priceClass, forceDestroy, headersOf, domain, webAclArn }: SiteProps,
  ) {
    super(scope, id);
    const files = new PrivateBucket(this, "files", {
      // Bucket names are unique among all accounts.
      name: `${name}-site-${environmentOf(this).account}`,
      keepOldVersionsDays: 30,
      forceDestroy,
    });
    this.upload(folder, files);

    const access = new CloudfrontOriginAccessControl(this, "access", {
      name: `${name}-site`,
      originAccessControlOriginType: "s3",
      signingBehavior: "always",
      signingProtocol: "sigv4",
    });
    const headers =
      headersOf && !domain
        ? new DataAwsCloudfrontResponseHeadersPolicy(this, "shared-headers", {
            name: `${environmentOf(this).project}-${headersOf}-site`,
          })
        : this.securityHeaders(name, domain);
    const behavior = {
      viewerProtocolPolicy: "redirect-to-https",
      compress: true,
      responseHeadersPolicyId: headers.id,
      ...(domain?.redirectArn && {
        functionAssociation: [{ eventType: "viewer-request", functionArn: domain.redirectArn }],
      }),
    };
    const distribution = new CloudfrontDistribution(this, "distribution", {
      comment: name,
      enabled: true,
      isIpv6Enabled: true,
      httpVersion: "http2and3",
      priceClass,
      defaultRootObject: "index.html",
      ...(domain && { aliases: [...domain.aliases] }),
      ...(webAclArn && { webAclId: webAclArn }),
      origin: [
        { originId: "files", domainName: files.bucket.bucketRegionalDomainName, originAccessControlId: access.id },
        { originId: "services", domainName: loadBalancer.hostName, customOriginConfig: originConfig(loadBalancer) },
      ],
      defaultCacheBehavior: {
        ...behavior,
        targetOriginId: "files",
        allowedMethods: ["GET", "HEAD"],
        cachedMethods: ["GET", "HEAD"],
        cachePolicyId: CACHING_OPTIMIZED,
      },
      orderedCacheBehavior: apiPaths.map((pathPattern) => ({
        ...behavior,
        pathPattern,
        targetOriginId: "services",
        allowedMethods: ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"],
        cachedMethods: ["GET", "HEAD"],
        cachePolicyId: CACHING_DISABLED,
        originRequestPolicyId: ALL_VIEWER_EXCEPT_HOST,
      })),
      restrictions: { geoRestriction: { restrictionType: "none" } },
      viewerCertificate: domain
        ? {
            acmCertificateArn: domain.certificateArn,
            sslSupportMethod: "sni-only",
            minimumProtocolVersion: VIEWER_TLS,
          }
        : { cloudfrontDefaultCertificate: true },
    });
    const fromDistribution = {
      principals: [{ type: "Service", identifiers: ["cloudfront.amazonaws.com"] }],
      condition: [{ test: "StringEquals", variable: "aws:SourceArn", values: [distribution.arn] }],
    };
    files.allow({
      ...fromDistribution,
      sid: "DistributionReads",
      actions: ["s3:GetObject"],
      resources: [`${files.bucket.arn}/*`],
    });
    // Without it, a missing file is a 403. Source: "GetObject", Amazon S3 API reference. The default root object hides the list.
    files.allow({
      ...fromDistribution,
      sid: "DistributionFindsMissingFiles",
      actions: ["s3:ListBucket"],
      resources: [files.bucket.arn],
    });
    domain?.pointTo(distribution);
    this.origin = `https://${domain?.aliases[0] ?? distribution.domainName}`;
  }

  private upload(folder: string, files: PrivateBucket): void {
    for (const path of filesBelow(folder)) {
      const key = relative(folder, path);
      const asset = new TerraformAsset(this, `file-${key}`, { path, type: AssetType.FILE });
      new S3Object(this, `object-${key}`, {
        bucket: files.bucket.id,
        key,
        source: asset.path,
        sourceHash: asset.assetHash,
        contentType: contentType(key),
        cacheControl: "public, max-age=300",
      });
    }
  }

  /**
   * HSTS covers the subdomains of CloudFront's name, which has none. A domain of your own may have some that do not support HTTPS,
   * so it covers only the domain itself.
   */
  private securityHeaders(name: string, domain: SiteDomain | undefined): CloudfrontResponseHeadersPolicy {
    return new CloudfrontResponseHeadersPolicy(this, "headers", {
      name: `${name}-site`,
      securityHeadersConfig: {
        contentSecurityPolicy: { contentSecurityPolicy: SITE_HEADERS["content-security-policy"], override: true },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: "DENY", override: true },
        referrerPolicy: { referrerPolicy: SITE_HEADERS["referrer-policy"], override: true },
        strictTransportSecurity: { accessControlMaxAgeSec: 31536000, includeSubdomains: !domain, override: true },
      },
      lifecycle: UPDATE_USERS_FIRST,
    });
  }
}

function originConfig({ port }: SiteProps["loadBalancer"]) {
  return {
    httpPort: 80,
    httpsPort: 443,
    originProtocolPolicy: port === 443 ? "https-only" : "http-only",
    originSslProtocols: ["TLSv1.2"],
    originReadTimeout: ORIGIN_TIMEOUT,
    originKeepaliveTimeout: 30,
  };
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function contentType(path: string): string {
  const type = CONTENT_TYPES[extname(path)];
  if (!type) {
    throw new Error(`${path} has no content type: expected a file ending in ${Object.keys(CONTENT_TYPES).join(", ")}`);
  }
  return type;
}
