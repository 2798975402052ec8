import type { Subject } from "../subject.ts";
import { at, equal, isNothing } from "../value.ts";
import { type Judgement, text } from "./finding.ts";
import { judgeBy, type Row } from "./table.ts";

// Changes in place that send requests elsewhere, or nowhere.

const ROWS: readonly Row[] = [
  {
    type: "aws_ecs_service",
    path: ["desired_count"],
    worse: (before, after) => before !== undefined && after === 0,
    severity: "danger",
    meaning: "No task is left to answer.",
  },
  {
    type: "aws_appautoscaling_target",
    path: ["max_capacity"],
    worse: (before, after) => Number(after) < Number(before),
    severity: "caution",
    meaning: "Under load there are fewer tasks than before.",
  },
];

/** Arguments that decide which requests go where. */
const ROUTING: Readonly<Record<string, readonly string[]>> = {
  aws_cloudfront_distribution: ["enabled", "origin", "default_cache_behavior", "ordered_cache_behavior", "aliases"],
  aws_lb_listener: ["port", "protocol", "default_action"],
  aws_lb_listener_rule: ["priority", "condition", "action"],
  aws_route: [
    "gateway_id",
    "nat_gateway_id",
    "network_interface_id",
    "transit_gateway_id",
    "vpc_peering_connection_id",
  ],
  aws_route53_record: ["records", "alias", "weighted_routing_policy"],
};

export function traffic(subject: Subject): readonly Judgement[] {
  const { type, before, after, action } = subject;
  const attributes = action === "update" && Object.hasOwn(ROUTING, type) ? (ROUTING[type] ?? []) : [];
  const changed = attributes.filter((name) => {
    const [was, is] = [at(before, name), at(after, name)];
    return !equal(was, is) && !(isNothing(was) && isNothing(is));
  });
  const rerouted = changed.map(
    (name): Judgement => ({
      severity: "caution",
      text: text`Its ${name} changes: requests may go elsewhere from that moment on.`,
    }),
  );
  return [...rerouted, ...judgeBy(ROWS, subject)];
}
