import type { Finding } from "../../model.ts";
import { configuredAddress, correspondingInstance, type Subject } from "../../subject.ts";
import { entryOf } from "../../values/entry.ts";
import { at, isFields, listOf, UNKNOWN, type Value } from "../../values/value.ts";
import { oncePerPlan, type PlanContext, reading, remaining } from "../context.ts";
import { isVast, isWide } from "../ranges.ts";
import { text } from "../text.ts";
import { type Parts, partsAfter } from "./listed-parts.ts";

// Routes, in blocks of their route table or as resources of their own, and the subnets that use them.

const DESTINATIONS = [
  ...["destination_cidr_block", "destination_ipv6_cidr_block", "destination_prefix_list_id"],
  ...["cidr_block", "ipv6_cidr_block"],
];

const OTHER_NETWORKS = [
  ...["vpc_peering_connection_id", "transit_gateway_id", "network_interface_id", "vpc_endpoint_id"],
  ...["carrier_gateway_id", "core_network_arn", "local_gateway_id"],
];

/** Gateways that let a subnet reach the internet, and not the other way around. */
const WAYS_OUT = ["nat_gateway_id", "egress_only_gateway_id"];

/** Routes of existing route tables that lead to the internet or send a wide range to another network, and routes that end. */
export function routes(subject: Subject, context: PlanContext): readonly Finding[] {
  const read = entryOf(ROUTES, subject.type);
  return read === undefined ? [] : [...newRoutes(subject, read, context), ...endedRoutes(subject, read, context)];
}

type Reader = (resource: Value | undefined) => readonly Value[];

const ROUTES: Readonly<Record<string, Reader>> = {
  aws_route: (route) => listOf(route),
  aws_route_table: (table) => listOf(at(table, "route")),
  aws_default_route_table: (table) => listOf(at(table, "route")),
};

export function hasRoutes(type: string): boolean {
  return Object.hasOwn(ROUTES, type);
}

function newRoutes({ type, action, before, after }: Subject, read: Reader, context: PlanContext): readonly Finding[] {
  const table = tableOf(type, after);
  if (after === undefined || (type === "aws_route" ? table === undefined : action === "create")) {
    return [];
  }
  const had = new Set([...read(before).map(targetOf), ...(routesBefore(context).get(table) ?? []).map(targetOf)]);
  return read(after)
    .filter((route) => !had.has(targetOf(route)))
    .flatMap(routeFinding);
}

/** Routes in a block of their table that no resource of the plan continues; loss.ts tells the end of other routes. */
function endedRoutes({ type, action, before, after }: Subject, read: Reader, context: PlanContext): readonly Finding[] {
  if (type === "aws_route" || action !== "update") {
    return [];
  }
  const table = tableOf(type, before);
  const has = [...read(after), ...(routesAfter(context).get(table) ?? [])].map(destinationOf);
  return read(before)
    .map(destinationOf)
    .filter((destination) => typeof destination === "string" && !has.includes(destination))
    .map((destination) => ({
      severity: "danger",
      text: text`The route for ${destination ?? null} ends: packets to it are dropped unless another route includes it.`,
    }));
}

/** True for a destroyed route that a block of its table or another resource continues. */
export function isContinuedRoute({ type, action, before }: Subject, context: PlanContext): boolean {
  if (type !== "aws_route" || action !== "destroy") {
    return false;
  }
  const after = routesAfter(context).get(tableOf(type, before)) ?? [];
  return after.some((route) => destinationOf(route) === destinationOf(before));
}

/** A route in any form, on one side of a change. */
interface TableRoute {
  readonly table: Value | undefined;
  readonly route: Value;
}

/** Routes of all resources in the plan, changed or not. */
const allRoutes = oncePerPlan((context): readonly Parts<TableRoute>[] => {
  const types = Object.keys(ROUTES);
  const changing = reading((subject: Subject) => ({
    areBlocks: subject.type !== "aws_route",
    mayEnd: subject.action === "destroy",
    before: routesWithTable(subject.type, subject.before),
    after: routesWithTable(subject.type, remaining(subject)),
  }));
  const unchanged = context.unchanged(...types).map(({ type, after }) => {
    const routes = routesWithTable(type, after);
    return { areBlocks: type !== "aws_route", mayEnd: false, before: routes, after: routes };
  });
  return [...context.ofType(...types).map(changing), ...unchanged];
});

function routesWithTable(type: string, values: Value | undefined): readonly TableRoute[] {
  const table = tableOf(type, values);
  return (entryOf(ROUTES, type)?.(values) ?? []).map((route) => ({ table, route }));
}

/** Routes of each table before and after the change. */
const routesBefore = oncePerPlan((context) => byTable(allRoutes(context).flatMap(({ before }) => before)));
const routesAfter = oncePerPlan((context) => byTable(partsAfter(allRoutes(context), keyOf)));

function keyOf({ table, route }: TableRoute): string {
  return `${table} ${targetOf(route)}`;
}

function byTable(routes: readonly TableRoute[]): ReadonlyMap<Value | undefined, readonly Value[]> {
  const all = Map.groupBy(routes, ({ table }) => table);
  return new Map([...all].map(([table, routes]) => [table, routes.map(({ route }) => route)]));
}

function tableOf(type: string, side: Value | undefined): Value | undefined {
  const table = at(side, type === "aws_route" ? "route_table_id" : "id");
  return typeof table === "string" ? table : undefined;
}

/** The destination of a route and what it leads to. */
function targetOf(route: Value): string {
  const target = ["gateway_id", ...OTHER_NETWORKS, ...WAYS_OUT].map((name) => idAt(route, name) ?? "");
  return [destinationOf(route), ...target].join(" ");
}

/** An ID that is set and known; the provider computes some in a new route. */
function idAt(route: Value, name: string): string | undefined {
  const id = at(route, name);
  return typeof id === "string" && id !== "" ? id : undefined;
}

function destinationOf(route: Value | undefined): Value | undefined {
  return isFields(route) ? DESTINATIONS.map((name) => at(route, name)).find(Boolean) : undefined;
}

/** True for a route of a wide range, such as 0.0.0.0/0, to an internet gateway. */
function isPublic(route: Value): boolean {
  const destination = destinationOf(route);
  return typeof destination === "string" && isVast(destination) && internetGatewayOf(route) !== undefined;
}

function internetGatewayOf(route: Value): string | undefined {
  const gateway = at(route, "gateway_id");
  return typeof gateway === "string" && gateway.startsWith("igw-") ? gateway : undefined;
}

function routeFinding(route: Value): readonly Finding[] {
  const destination = destinationOf(route);
  if (typeof destination !== "string") {
    return [];
  }
  const gateway = internetGatewayOf(route);
  if (gateway !== undefined) {
    const leads = text`A route for ${destination} leads to the internet gateway ${gateway}: `;
    return isPublic(route)
      ? [{ severity: "danger", text: [...leads, "the subnets of the route table become public."] }]
      : [{ severity: "caution", text: [...leads, "these addresses can reach the subnets of the route table."] }];
  }
  if (isVast(destination) && at(route, "gateway_id") === UNKNOWN) {
    return [
      {
        severity: "caution",
        text: text`A route for ${destination} leads to a gateway that does not exist yet: the subnets of the route table may become public.`,
      },
    ];
  }
  const [other, exit] = [OTHER_NETWORKS, WAYS_OUT].map((names) => names.map((name) => idAt(route, name)).find(Boolean));
  if (other !== undefined && isWide(destination)) {
    return [
      { severity: "caution", text: text`A route sends all of ${destination} to another network through ${other}.` },
    ];
  }
  return exit !== undefined && isVast(destination)
    ? [
        {
          severity: "caution",
          text: text`A route for ${destination} leads to ${exit}: the subnets of the route table can reach the internet.`,
        },
      ]
    : [];
}

/** Subnets that get another route table. Routes that do not change are not among the changes of a plan. */
export function movedSubnets(subject: Subject, context: PlanContext): readonly Finding[] {
  const { type, before, after } = subject;
  const [was, is] = [at(before, "route_table_id"), at(after, "route_table_id")];
  const isKnown = typeof was === "string" || isExistingSubnet(before, after);
  if (!/^aws_(main_)?route_table_association$/.test(type) || !isKnown || after === undefined || is === was) {
    return [];
  }
  const moved = [
    ...(typeof is === "string" ? text`The route table ${is} replaces ` : text`A new route table replaces `),
    ...(typeof was === "string" ? text`${was}: ` : ["the main route table: "]),
  ];
  return leadsToInternet(subject, context)
    ? [{ severity: "danger", text: [...moved, "it leads to an internet gateway, so its subnets become public."] }]
    : [{ severity: "caution", text: [...moved, "its subnets become public if it leads to an internet gateway."] }];
}

/** True for a new association of a subnet, or network, that has used the main route table so far. */
function isExistingSubnet(before: Value | undefined, after: Value | undefined): boolean {
  return (
    before === undefined &&
    ["subnet_id", "vpc_id"].some((name) => typeof at(after, name) === "string") &&
    at(after, "route_table_id") !== undefined
  );
}

/** True if the route table of an association, even a new one, has a route to an internet gateway. */
function leadsToInternet({ after, configured, address }: Subject, context: PlanContext): boolean {
  const table = at(after, "route_table_id");
  const referred = (configured.references.route_table_id ?? []).flatMap(
    (block) => newPublicTables(context).get(block) ?? [],
  );
  return (
    (typeof table === "string" && publicTables(context).has(table)) ||
    (table === UNKNOWN && (correspondingInstance(referred, address)?.isPublic ?? false))
  );
}

/** New route tables and whether they lead to the internet, by the addresses of their blocks. */
const newPublicTables = oncePerPlan((context) => {
  const tables = context.ofType("aws_route_table").filter(({ action }) => action === "create");
  const read = reading(({ address, after }: Subject) => ({
    address,
    isPublic: listOf(at(after, "route")).some((route) => isPublic(route)),
  }));
  return Map.groupBy(tables.map(read), ({ address }) => configuredAddress(address));
});

/** IDs of the route tables that lead to the internet. */
const publicTables = oncePerPlan((context) => {
  const types = Object.keys(ROUTES);
  const ids = ({ type, after }: Pick<Subject, "type" | "after">) =>
    entryOf(ROUTES, type)?.(after).some(isPublic) ? [at(after, "route_table_id"), at(after, "id")] : [];
  return new Set([...context.ofType(...types).flatMap(reading(ids)), ...context.unchanged(...types).flatMap(ids)]);
});
