import { XrayGroup } from "@cdktf/provider-aws/lib/xray-group/index.js";
import { XraySamplingRule } from "@cdktf/provider-aws/lib/xray-sampling-rule/index.js";
import { Construct } from "constructs";
import { ODD_LIKES, SAMPLING_RULES } from "../specs/monitoring/tracing.ts";

const ANY = "*";
const FIRST_PRIORITY = 100;

/** What X-Ray keeps of the services' requests, and the group of those that went oddly. */
export class Tracing extends Construct {
  constructor(scope: Construct, id: string, { environment }: { readonly environment: string }) {
    super(scope, id);
    new XrayGroup(this, ODD_LIKES.name, {
      groupName: `${environment}-${ODD_LIKES.name}`,
      filterExpression: ODD_LIKES.filter,
    });
    SAMPLING_RULES.forEach(({ name, service, method, path, reservoir, rate }, index) => {
      new XraySamplingRule(this, name, {
        ruleName: `${environment}-${name}`,
        version: 1,
        priority: FIRST_PRIORITY * (index + 1),
        serviceName: service,
        httpMethod: method,
        urlPath: path,
        reservoirSize: reservoir,
        fixedRate: rate,
        host: ANY,
        serviceType: ANY,
        resourceArn: ANY,
      });
    });
  }
}

/** The console's list of the odd likes of the last half hour. Form of the address: "Deep linking", X-Ray developer guide. */
export function oddLikesUrl(region: string): string {
  // Brackets would end the link in the dashboard's markdown.
  const filter = encodeURIComponent(ODD_LIKES.filter).replaceAll("(", "%28").replaceAll(")", "%29");
  return `https://console.aws.amazon.com/xray/home?region=${region}#/traces?timeRange=PT30M&filter=${filter}`;
}
