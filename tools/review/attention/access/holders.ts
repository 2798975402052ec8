import { isDeepStrictEqual } from "node:util";
import type { Finding } from "../../model.ts";
import { configuredAddress, correspondingInstance, type Subject } from "../../subject.ts";
import { at, equal, isFields, listOf, UNKNOWN, type Value } from "../../values/value.ts";
import { oncePerPlan, type PlanContext, reading, remaining, type Unchanged } from "../context.ts";
import { list, text } from "../text.ts";
import { coversAction, isIncomplete, policiesOf, type Statement, unknownParts } from "./policy.ts";
import { RUNS_CODE } from "./powerful-actions.ts";

// Permissions that a role, user, or group has through several resources of a plan: inline policies, and managed policies that
// are attached to it.

/** Permissions of one holder from one policy. */
interface Source {
  /** Such as `role ci`. */
  readonly holder: string;
  readonly name: string;
  /** The resource whose change grants the permissions; undefined if they stay as they are. */
  readonly changedBy: string | undefined;
  readonly statements: readonly Statement[];
}

type Resource = Subject | Unchanged;

interface Sources {
  readonly byHolder: ReadonlyMap<string, readonly Source[]>;
  /** Sources by the address of the resource whose change grants them. */
  readonly byChange: ReadonlyMap<string | undefined, readonly Source[]>;
}

/**
 * Pairs of actions that together gain permissions.
 * Source: "Granting a user permissions to pass a role to an AWS service" and "UpdateAssumeRolePolicy" in IAM's documentation.
 */
const PAIRS: readonly { readonly first: string; readonly second: readonly string[]; readonly meaning: string }[] = [
  { first: "iam:PassRole", second: RUNS_CODE, meaning: "may pass a role to code that it starts" },
  {
    first: "iam:UpdateAssumeRolePolicy",
    second: ["sts:AssumeRole"],
    meaning: "may let itself assume other roles",
  },
  {
    first: "ec2:ModifyInstanceAttribute",
    second: ["ec2:StartInstances"],
    meaning: "may run commands with the roles of instances through their user data",
  },
];

/** Two policies of one holder that together gain permissions, of which at least one grants more than before. */
export function combinedPermissions(subject: Subject, context: PlanContext): readonly Finding[] {
  const { byHolder, byChange } = sourcesIn(context);
  const own = byChange.get(subject.address);
  if (own === undefined) {
    return [];
  }
  return [...new Set(own.map(({ holder }) => holder))].flatMap((holder) =>
    PAIRS.flatMap((pair) => {
      const all = byHolder.get(holder) ?? [];
      const firsts = all.filter((source) => actionsOf(source, [pair.first]).length > 0);
      const seconds = all.filter((source) => actionsOf(source, pair.second).length > 0);
      const changed = [...firsts, ...seconds].find(({ changedBy }) => changedBy !== undefined);
      const isInOne = firsts.some((source) => seconds.includes(source));
      const [other] = firsts.includes(changed as Source) ? seconds : firsts;
      if (isInOne || other === undefined || changed?.changedBy !== subject.address) {
        return [];
      }
      const actions = [
        ...firsts.flatMap((source) => actionsOf(source, [pair.first])),
        ...seconds.flatMap((source) => actionsOf(source, pair.second)),
      ];
      return [
        {
          severity: "danger" as const,
          text: [
            ...text`Together with ${other.name}, ${holder.slice(holder.indexOf(" ") + 1)}`,
            ` ${pair.meaning}: `,
            ...list([...new Set(actions)]),
            ".",
          ],
        },
      ];
    }),
  );
}

function actionsOf({ statements }: Source, known: readonly string[]): readonly string[] {
  return statements
    .filter(({ effect }) => effect === "Allow")
    .flatMap(({ actions }) => actions)
    .filter((action) => known.some((one) => coversAction(action, one)));
}

const sourcesIn = oncePerPlan((context): Sources => {
  const types = [...READERS.keys()];
  const read = (resource: Resource) => READERS.get(resource.type)?.(resource, context) ?? [];
  const found = [...context.ofType(...types).flatMap(reading(read)), ...context.unchanged(...types).flatMap(read)];
  return {
    byHolder: Map.groupBy(found, ({ holder }) => holder),
    byChange: Map.groupBy(found, ({ changedBy }) => changedBy),
  };
});

type Reader = (resource: Resource, context: PlanContext) => readonly Source[];

const KINDS = ["role", "user", "group"] as const;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["aws_iam_role", ofRole],
  ["aws_iam_policy_attachment", ofAttachment],
  ...KINDS.flatMap((kind): [string, Reader][] => [
    [`aws_iam_${kind}_policy`, ofInlinePolicy],
    [`aws_iam_${kind}_policy_attachment`, ofAttachment],
  ]),
]);

function ofRole(role: Resource, context: PlanContext): readonly Source[] {
  const policies = (side: SideName) =>
    policiesOf(role.type, at(withoutCopies(role, side, context), "inline_policy")).flatMap(
      ({ statements }) => statements,
    );
  const holder = `role ${at(role.after, "name") ?? configuredAddress(role.address)}`;
  const inline = sourceOf(role, holder, policies("after"), policies("before"));
  const attached = listOf(at(role.after, "managed_policy_arns")).flatMap((arn) =>
    attachedPolicy(role, holder, managedPolicies(context).byArn.get(arn)),
  );
  return [...inline, ...attached];
}

function ofInlinePolicy(policy: Resource, context: PlanContext): readonly Source[] {
  const was = policiesOf(policy.type, beforeOf(policy)).flatMap(({ statements }) => statements);
  return holdersOf(policy, context).flatMap((holder) => sourceOf(policy, holder, statementsOf(policy, context), was));
}

function ofAttachment(attachment: Resource, context: PlanContext): readonly Source[] {
  const policy = policyOf(attachment, context);
  return holdersOf(attachment, context).flatMap((holder) => attachedPolicy(attachment, holder, policy));
}

/** The policy that an attachment attaches, also one whose ARN is known only after apply. */
function policyOf(attachment: Resource, context: PlanContext): ManagedPolicy | undefined {
  const { byArn, byBlock } = managedPolicies(context);
  const referred = referencesOf(attachment, "policy_arn").flatMap((block) => byBlock.get(block) ?? []);
  return (
    byArn.get(at(attachment.after, "policy_arn")) ?? correspondingInstance(referred, attachment.address) ?? referred[0]
  );
}

function attachedPolicy(attachment: Resource, holder: string, policy: ManagedPolicy | undefined): readonly Source[] {
  if (policy === undefined) {
    return [];
  }
  const isAttached = beforeOf(attachment) !== undefined;
  const changing = isAttached ? policy.resource : attachment;
  return sourceOf(changing, holder, policy.statements, isAttached ? policy.was : []);
}

function sourceOf(
  resource: Resource,
  holder: string,
  statements: readonly Statement[],
  was: readonly Statement[],
): readonly Source[] {
  const isChanged = "action" in resource && !isDeepStrictEqual(statements, was);
  return statements.length === 0
    ? []
    : [{ holder, name: resource.name, changedBy: isChanged ? resource.address : undefined, statements }];
}

interface ManagedPolicy {
  readonly address: string;
  readonly resource: Resource;
  readonly arn: Value | undefined;
  readonly statements: readonly Statement[];
  readonly was: readonly Statement[];
}

const managedPolicies = oncePerPlan((context) => {
  const read = (policy: Resource): ManagedPolicy => ({
    address: policy.address,
    resource: policy,
    arn: at(policy.after, "arn"),
    statements: statementsOf(policy, context),
    was: policiesOf(policy.type, beforeOf(policy)).flatMap(({ statements }) => statements),
  });
  const all = [
    ...context.ofType("aws_iam_policy").map(reading(read)),
    ...context.unchanged("aws_iam_policy").map(read),
  ];
  return {
    byArn: new Map(all.filter(({ arn }) => typeof arn === "string").map((policy) => [policy.arn, policy])),
    byBlock: Map.groupBy(all, ({ address }) => configuredAddress(address)),
    before: new Map(all.map(({ resource, was }) => [at(beforeOf(resource), "arn"), was])),
  };
});

/** Permissions and denials of a managed policy of the plan before the change; it may be destroyed. */
export function statementsOfManaged(arn: Value, context: PlanContext): readonly Statement[] {
  return managedPolicies(context).before.get(arn) ?? [];
}

/** Permissions of a role, user, or group, in any form. */
export interface Held {
  readonly statements: readonly Statement[];
  /** ARNs of managed policies. */
  readonly managed: readonly Value[];
}

type SideName = "before" | "after";

/** Permissions of the holder of a policy or attachment on one side of the change; none if there are several holders. */
export function heldBy(subject: Subject, side: SideName, context: PlanContext): Held {
  const holders = READERS.has(subject.type)
    ? holdersAt(subject, subject.after === undefined ? "before" : "after", context)
    : [];
  const [holder = ""] = holders;
  const held = holders.length === 1 ? (allHeld(context)[side].get(holder) ?? []) : [];
  return {
    statements: held.flatMap(({ statements }) => statements),
    managed: held.flatMap(({ managed }) => managed),
  };
}

const allHeld = oncePerPlan((context) => {
  const types = [...READERS.keys()];
  const on = (side: SideName) => {
    const read = (resource: Resource) =>
      sideOf(resource, side) === undefined
        ? []
        : holdersAt(resource, side, context).map((holder) => ({ holder, ...heldThrough(resource, side, context) }));
    const all = [...context.ofType(...types).flatMap(reading(read)), ...context.unchanged(...types).flatMap(read)];
    return Map.groupBy(all, ({ holder }) => holder);
  };
  return { before: on("before"), after: on("after") };
});

function heldThrough(resource: Resource, side: SideName, context: PlanContext): Held {
  const value = side === "after" ? withoutCopies(resource, side, context) : sideOf(resource, side);
  const managed = [...listOf(at(value, "managed_policy_arns")), ...listOf(at(value, "policy_arn"))];
  const isLater = side === "after" && at(value, "policy_arn") === UNKNOWN;
  const policies = isLater
    ? [policyOf(resource, context)].filter((policy) => policy !== undefined)
    : managed.flatMap((arn) => managedPolicies(context).byArn.get(arn) ?? []);
  const own = side === "after" && resource.type.endsWith("_policy") ? statementsOf(resource, context) : undefined;
  return {
    managed,
    statements: [
      ...(own ?? policiesOf(resource.type, permissionsIn(value)).flatMap(({ statements }) => statements)),
      ...policies.flatMap(({ statements, was }) => (side === "after" ? statements : was)),
    ],
  };
}

/** A resource without the policies of a role that are there only because the provider lists what resources of their own gave it. */
function withoutCopies(resource: Resource, side: SideName, context: PlanContext): Value | undefined {
  const value = sideOf(resource, side);
  const changing = resource.type === "aws_iam_role" ? changingPolicies(context).get(at(value, "name")) : undefined;
  if (changing === undefined || !isFields(value)) {
    return value;
  }
  const was = beforeOf(resource);
  const isCopy = (argument: string, name: Value | undefined, policy: Value) =>
    changing.has(name) && listOf(at(was, argument)).some((other) => equal(policy, other));
  return {
    ...value,
    inline_policy: listOf(value.inline_policy).filter((policy) => !isCopy("inline_policy", at(policy, "name"), policy)),
    managed_policy_arns: listOf(value.managed_policy_arns).filter((arn) => !isCopy("managed_policy_arns", arn, arn)),
  };
}

/** Names of inline policies and ARNs of managed ones whose own resource is destroyed or changes, by their role. */
const changingPolicies = oncePerPlan((context) => {
  const all = context
    .ofType("aws_iam_role_policy", "aws_iam_role_policy_attachment")
    .filter(({ action }) => action !== "create" && action !== "forget")
    .map(reading(({ before }) => ({ role: at(before, "role"), name: at(before, "policy_arn") ?? at(before, "name") })));
  return new Map(
    [...Map.groupBy(all, ({ role }) => role)].map(([role, of]) => [role, new Set(of.map(({ name }) => name))]),
  );
});

/** A role has its trust policy beside its permissions. */
function permissionsIn(value: Value | undefined): Value | undefined {
  return isFields(value) ? { ...value, assume_role_policy: null } : value;
}

function holdersAt(resource: Resource, side: SideName, context: PlanContext): readonly string[] {
  return resource.type === "aws_iam_role"
    ? [`role ${at(sideOf(resource, side), "name") ?? configuredAddress(resource.address)}`]
    : holdersOf(resource, context, sideOf(resource, side));
}

function sideOf(resource: Resource, side: SideName): Value | undefined {
  return side === "before" ? beforeOf(resource) : "action" in resource ? remaining(resource) : resource.after;
}

/** The statements of a policy after the change; those of its policy document if it is known only after apply. */
function statementsOf(policy: Resource, context: PlanContext): readonly Statement[] {
  const known = policiesOf(policy.type, policy.after);
  return known.length > 0 || !("configured" in policy)
    ? known.flatMap(({ statements }) => statements)
    : (documentOf(policy, "policy", context)?.statements ?? []);
}

/** The policy document that an argument takes its policy from; undefined if more of its statements are known only after apply. */
export function documentOf(
  { address, configured }: Pick<Subject, "address" | "configured">,
  argument: string,
  context: PlanContext,
): Document | undefined {
  const instances = (configured.references[argument] ?? []).flatMap((block) => documents(context).get(block) ?? []);
  const document = correspondingInstance(instances, address);
  return document?.isIncomplete ? undefined : document;
}

interface Document {
  readonly statements: readonly Statement[];
  /** Parts of the statements that are known only after apply, other than resources. */
  readonly unknown: readonly string[];
}

/** Policy documents by the addresses of their blocks. */
const documents = oncePerPlan((context) => {
  const read = reading(({ type, address, after }) => ({
    address,
    isIncomplete: isIncomplete(after),
    statements: policiesOf(type, after).flatMap(({ statements }) => statements),
    unknown: unknownParts(after),
  }));
  return Map.groupBy(context.ofType("aws_iam_policy_document").map(read), ({ address }) => configuredAddress(address));
});

/** Such as `role ci`; for a holder without a known name, its address. */
function holdersOf(resource: Resource, context: PlanContext, side = resource.after): readonly string[] {
  return KINDS.flatMap((kind) => {
    const named = [kind, `${kind}s`].flatMap((argument) =>
      listOf(at(side, argument)).filter((name) => typeof name === "string"),
    );
    const referred = [kind, `${kind}s`]
      .flatMap((argument) => referencesOf(resource, argument))
      .filter((address) => address.includes(`aws_iam_${kind}.`));
    return named.length > 0
      ? named.map((name) => `${kind} ${name}`)
      : referred.map((block) => `${kind} ${nameOf(block, resource, context)}`);
  });
}

/** The name of the role, user, or group that a resource refers to; the address of its block if the name is not known. */
function nameOf(block: string, { address }: Resource, context: PlanContext): string {
  const name = correspondingInstance(holders(context).get(block) ?? [], address)?.name;
  return typeof name === "string" ? name : block;
}

/** Roles, users, and groups by the addresses of their blocks. */
const holders = oncePerPlan((context) => {
  const all = context.ofType(...KINDS.map((kind) => `aws_iam_${kind}`));
  const named = all.map(reading(({ address, after }) => ({ address, name: at(after, "name") })));
  return Map.groupBy(named, ({ address }) => configuredAddress(address));
});

function referencesOf(resource: Resource, argument: string): readonly string[] {
  return "configured" in resource ? (resource.configured.references[argument] ?? []) : [];
}

function beforeOf(resource: Resource): Value | undefined {
  return "before" in resource ? resource.before : resource.after;
}
