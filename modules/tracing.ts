import { Construct } from "constructs";
import { XrayGroup } from "#aws/xray-group";
import { XraySamplingRule } from "#aws/xray-sampling-rule";
import {
  nameInEnvironment,
  ODD_LIKES,
  oddLikesFilter,
  SAMPLING_RULES,
  segmentName,
} from "../model/monitoring/tracing.ts";
import { type Environment, environmentOf } from "./environment.ts";

const ANY = "*";
const FIRST_PRIORITY = 100;

/** X-Ray sampling rules of the environment's services, and a group for their slow and failed likes. */
export class Tracing extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { tracePrefix } = environmentOf(this);
    new XrayGroup(this, ODD_LIKES.name, {
      groupName: `${tracePrefix}-${ODD_LIKES.name}`,
      filterExpression: filterIn(tracePrefix),
    });
    SAMPLING_RULES.forEach(({ name, service, method, path, reservoir, rate }, index) => {
      new XraySamplingRule(this, name, {
        ruleName: `${tracePrefix}-${name}`,
        version: 1,
        priority: FIRST_PRIORITY * (index + 1),
        serviceName: nameInEnvironment(tracePrefix, service),
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

/** Console address of the group's traces of the last half hour. URL format: "Deep linking", X-Ray developer guide. */
export function oddLikesUrl({ region, tracePrefix }: Pick<Environment, "region" | "tracePrefix">): string {
  // Parentheses would end the link in the dashboard's Markdown.
  const filter = encodeURIComponent(filterIn(tracePrefix)).replaceAll("(", "%28").replaceAll(")", "%29");
  return `https://console.aws.amazon.com/xray/home?region=${region}#/traces?timeRange=PT30M&filter=${filter}`;
}

function filterIn(tracePrefix: string): string {
  return oddLikesFilter(nameInEnvironment(tracePrefix, segmentName("like")));
}
