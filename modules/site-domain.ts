import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Construct } from "constructs";
import { AcmCertificate } from "#aws/acm-certificate";
import { AcmCertificateValidation } from "#aws/acm-certificate-validation";
import type { CloudfrontDistribution } from "#aws/cloudfront-distribution";
import { CloudfrontFunction } from "#aws/cloudfront-function";
import { DataAwsRoute53Zone } from "#aws/data-aws-route53-zone";
import type { AwsProvider } from "#aws/provider";
import { Route53Record } from "#aws/route53-record";
import type { Settings } from "../settings/schema.ts";
import { UPDATE_USERS_FIRST } from "./update-users-first.ts";

export interface SiteDomainProps {
  readonly name: string;
  readonly site: NonNullable<Settings["site"]>;
  /** Provider for us-east-1, the only region whose certificates CloudFront uses. */
  readonly edge: AwsProvider;
  /** Checks the zone in every plan. An emulator lists only the zones that it has created. */
  readonly checkZone: boolean;
}

const REDIRECT = join(import.meta.dirname, "site-domain/redirect-www.js");

/** Seconds that resolvers may cache a validation record, which never changes. */
const VALIDATION_TTL = 300;

/** Your own domain for the site: its names, its certificate, its DNS records, and the redirect from www. */
export class SiteDomain extends Construct {
  /** Names that CloudFront accepts besides its own, the domain first. */
  readonly aliases: readonly string[];
  /** Certificate that is ready for use. */
  readonly certificateArn: string;
  /** CloudFront function for viewer requests; undefined without a redirect. */
  readonly redirectArn: string | undefined;
  private readonly zoneId: string | undefined;

  constructor(scope: Construct, id: string, { name, site, edge, checkZone }: SiteDomainProps) {
    super(scope, id);
    const { domain, certificateArn, hostedZoneId, redirectWww } = site;
    this.aliases = redirectWww ? [domain, `www.${domain}`] : [domain];
    this.zoneId = hostedZoneId && checkZone ? this.zone(domain, hostedZoneId) : hostedZoneId;
    // The settings require a zone if there is no certificate.
    this.certificateArn = certificateArn ?? this.certificate(edge, this.zoneId ?? "");
    this.redirectArn = redirectWww ? this.redirect(name) : undefined;
  }

  /** Adds the DNS records that lead to the distribution. Without a zone, they are up to you. */
  pointTo(distribution: CloudfrontDistribution): void {
    const zoneId = this.zoneId;
    if (zoneId === undefined) {
      return;
    }
    for (const name of this.aliases) {
      for (const type of ["A", "AAAA"]) {
        new Route53Record(this, `${name}-${type}`, {
          zoneId,
          name,
          type,
          alias: {
            name: distribution.domainName,
            zoneId: distribution.hostedZoneId,
            evaluateTargetHealth: false,
          },
        });
      }
    }
  }

  /** Returns the ID of a zone after checking, before anything is created, that the domain's records belong in it. */
  private zone(domain: string, zoneId: string): string {
    return new DataAwsRoute53Zone(this, "zone", {
      zoneId,
      lifecycle: {
        postcondition: [
          {
            // With the dot before it, so that example.com does not match notexample.com.
            condition: `\${endswith(".${domain}", trimsuffix(".\${trimsuffix(self.name, ".")}", "."))}`,
            errorMessage: `site.domain is "${domain}": expected a name in the zone \${self.name}, which is site.hostedZoneId`,
          },
          {
            condition: `\${!self.private_zone}`,
            errorMessage: `site.hostedZoneId is "${zoneId}": expected a public zone, but \${self.name} is private`,
          },
        ],
      },
    }).zoneId;
  }

  /** Requests a certificate and waits until ACM has seen the records that prove control of the domain. */
  private certificate(edge: AwsProvider, zoneId: string): string {
    const [domainName = "", ...subjectAlternativeNames] = this.aliases;
    const certificate = new AcmCertificate(this, "certificate", {
      provider: edge,
      domainName,
      ...(subjectAlternativeNames.length > 0 && { subjectAlternativeNames }),
      validationMethod: "DNS",
      // CloudFront uses the old certificate until the new one is valid.
      lifecycle: { createBeforeDestroy: true },
    });
    const records = this.aliases.map(
      (name) =>
        new Route53Record(this, `${name}-validation`, {
          zoneId,
          name: validationOf(certificate, name, "resource_record_name"),
          type: validationOf(certificate, name, "resource_record_type"),
          records: [validationOf(certificate, name, "resource_record_value")],
          ttl: VALIDATION_TTL,
          // ACM asks for the same record in every region and for every certificate of a name.
          allowOverwrite: true,
        }),
    );
    return new AcmCertificateValidation(this, "validation", {
      provider: edge,
      certificateArn: certificate.arn,
      validationRecordFqdns: records.map(({ fqdn }) => fqdn),
    }).certificateArn;
  }

  private redirect(name: string): string {
    return new CloudfrontFunction(this, "redirect", {
      name: `${name}-redirect-www`,
      comment: "www to the domain",
      runtime: "cloudfront-js-2.0",
      code: readFileSync(REDIRECT, "utf8"),
      publish: true,
      lifecycle: UPDATE_USERS_FIRST,
    }).arn;
  }
}

/**
 * Attribute of the record that validates a name. One record per name, instead of `for_each`, keeps addresses known before the
 * certificate exists.
 */
function validationOf(certificate: AcmCertificate, name: string, attribute: string): string {
  const options = `${AcmCertificate.tfResourceType}.${certificate.friendlyUniqueId}.domain_validation_options`;
  return `\${one([for option in ${options} : option.${attribute} if option.domain_name == "${name}"])}`;
}
