import { readdirSync } from "node:fs";
import { extname, join, relative } from "node:path";
import { CloudfrontDistribution } from "@cdktf/provider-aws/lib/cloudfront-distribution/index.js";
import { CloudfrontOriginAccessControl } from "@cdktf/provider-aws/lib/cloudfront-origin-access-control/index.js";
import { CloudfrontResponseHeadersPolicy } from "@cdktf/provider-aws/lib/cloudfront-response-headers-policy/index.js";
import { S3Object } from "@cdktf/provider-aws/lib/s3-object/index.js";
import { AssetType, TerraformAsset } from "cdktf";
import { Construct } from "constructs";
import { CONTENT_TYPES, SITE_HEADERS } from "../specs/site.ts";
import type { LoadBalancer } from "./load-balancer.ts";
import { PrivateBucket } from "./private-bucket.ts";

export interface SiteProps {
  readonly name: string;
  /** Bucket names are unique in the world, so this one ends in the account. */
  readonly account: string;
  /** Folder whose files are the site. */
  readonly folder: string;
  readonly loadBalancer: LoadBalancer;
  /** Path patterns that go to the load balancer; everything else is a file of the site. */
  readonly apiPaths: readonly string[];
  readonly priceClass: string;
  readonly forceDestroy: boolean;
}

// Policies that CloudFront manages, by their fixed ids. Source: "Use managed cache policies" and "Use managed origin
// request policies", Amazon CloudFront developer guide.
const CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6";
const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac";

/** Seconds that CloudFront waits for the load balancer. */
const ORIGIN_TIMEOUT = 30;

/** The adoption site and the services' API under one origin: files from a private bucket, API paths from the load balancer. */
export class Site extends Construct {
  readonly origin: string;

  constructor(
    scope: Construct,
    id: string,
    { name, account, folder, loadBalancer, apiPaths, priceClass, forceDestroy }: SiteProps,
  ) {
    super(scope, id);
    const files = new PrivateBucket(this, "files", {
      name: `${name}-site-${account}`,
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
    const headers = this.securityHeaders(name);
    const behavior = { viewerProtocolPolicy: "redirect-to-https", compress: true, responseHeadersPolicyId: headers.id };
    const distribution = new CloudfrontDistribution(this, "distribution", {
      comment: name,
      enabled: true,
      isIpv6Enabled: true,
      httpVersion: "http2and3",
      priceClass,
      defaultRootObject: "index.html",
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
      viewerCertificate: { cloudfrontDefaultCertificate: true },
    });
    files.allow({
      sid: "DistributionReads",
      principals: [{ type: "Service", identifiers: ["cloudfront.amazonaws.com"] }],
      actions: ["s3:GetObject"],
      resources: [`${files.bucket.arn}/*`],
      condition: [{ test: "StringEquals", variable: "aws:SourceArn", values: [distribution.arn] }],
    });
    this.origin = `https://${distribution.domainName}`;
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

  private securityHeaders(name: string): CloudfrontResponseHeadersPolicy {
    return new CloudfrontResponseHeadersPolicy(this, "headers", {
      name: `${name}-site`,
      securityHeadersConfig: {
        contentSecurityPolicy: { contentSecurityPolicy: SITE_HEADERS["content-security-policy"], override: true },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: "DENY", override: true },
        referrerPolicy: { referrerPolicy: SITE_HEADERS["referrer-policy"], override: true },
        strictTransportSecurity: { accessControlMaxAgeSec: 31536000, includeSubdomains: true, override: true },
      },
    });
  }
}

function originConfig({ port }: LoadBalancer) {
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
