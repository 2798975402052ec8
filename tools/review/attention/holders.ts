import { isDeepStrictEqual } from "node:util";
import type { Finding } from "../model.ts";
import type { Configured } from "../plan-file.ts";
import { configuredAddress, type Subject } from "../subject.ts";
import { at, listOf, type Value } from "../value.ts";
import type { PlanContext, Unchanged } from "./context.ts";
import { RUNS_CODE } from "./permissions.ts";
import { coversAction, policiesOf, type Statement } from "./policy.ts";
import { list, text } from "./text.ts";

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

const CACHE = new WeakMap<PlanContext, Sources>();

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
            ...text`Together with ${other.name}, ${holder.slice(holder.indexOf(" ") + 1)} ${pair.meaning}: `,
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

function sourcesIn(context: PlanContext): Sources {
  const known = CACHE.get(context);
  if (known !== undefined) {
    return known;
  }
  const types = [...READERS.keys()];
  const resources = [...context.ofType(...types), ...context.unchanged(...types)];
  const found = resources.flatMap((resource) => READERS.get(resource.type)?.(resource, context) ?? []);
  const sources = {
    byHolder: Map.groupBy(found, ({ holder }) => holder),
    byChange: Map.groupBy(found, ({ changedBy }) => changedBy),
  };
  CACHE.set(context, sources);
  return sources;
}

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
  const policies = (side: Value | undefined) =>
    policiesOf(role.type, at(side, "inline_policy")).flatMap(({ statements }) => statements);
  const holder = `role ${at(role.after, "name") ?? configuredAddress(role.address)}`;
  const inline = sourceOf(role, holder, policies(role.after), policies(beforeOf(role)));
  const attached = listOf(at(role.after, "managed_policy_arns")).flatMap((arn) =>
    attachedPolicy(role, holder, managedPolicy(arn, [], context), context),
  );
  return [...inline, ...attached];
}

function ofInlinePolicy(policy: Resource, context: PlanContext): readonly Source[] {
  const was = policiesOf(policy.type, beforeOf(policy)).flatMap(({ statements }) => statements);
  return holdersOf(policy, context).flatMap((holder) => sourceOf(policy, holder, statementsOf(policy, context), was));
}

function ofAttachment(attachment: Resource, context: PlanContext): readonly Source[] {
  const policy = managedPolicy(at(attachment.after, "policy_arn"), referencesOf(attachment, "policy_arn"), context);
  return holdersOf(attachment, context).flatMap((holder) => attachedPolicy(attachment, holder, policy, context));
}

function attachedPolicy(
  attachment: Resource,
  holder: string,
  policy: Resource | undefined,
  context: PlanContext,
): readonly Source[] {
  if (policy === undefined) {
    return [];
  }
  const statements = statementsOf(policy, context);
  const isAttached = beforeOf(attachment) !== undefined;
  const was = isAttached ? policiesOf(policy.type, beforeOf(policy)).flatMap((one) => one.statements) : [];
  return sourceOf(isAttached ? policy : attachment, holder, statements, was);
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

/** The statements of a policy after the change; those of its policy document if it is known only after apply. */
function statementsOf(policy: Resource, context: PlanContext): readonly Statement[] {
  const known = policiesOf(policy.type, policy.after);
  const document = "configured" in policy ? documentOf(policy.configured, "policy", context) : undefined;
  return (known.length > 0 || document === undefined ? known : policiesOf(document.type, document.after)).flatMap(
    ({ statements }) => statements,
  );
}

/** The policy document that an argument takes its policy from. */
export function documentOf(configured: Configured, argument: string, context: PlanContext): Subject | undefined {
  return context
    .ofType("aws_iam_policy_document")
    .find(({ address }) => configured.references[argument]?.includes(address));
}

function managedPolicy(
  arn: Value | undefined,
  references: readonly string[],
  context: PlanContext,
): Resource | undefined {
  return [...context.ofType("aws_iam_policy"), ...context.unchanged("aws_iam_policy")].find(
    ({ address, after }) =>
      (typeof arn === "string" && at(after, "arn") === arn) || references.includes(configuredAddress(address)),
  );
}

/** Such as `role ci`; for a holder without a known name, its address. */
function holdersOf(resource: Resource, context: PlanContext): readonly string[] {
  return KINDS.flatMap((kind) => {
    const named = [kind, `${kind}s`].flatMap((argument) =>
      listOf(at(resource.after, argument)).filter((name) => typeof name === "string"),
    );
    const referred = [kind, `${kind}s`]
      .flatMap((argument) => referencesOf(resource, argument))
      .filter((address) => address.includes(`aws_iam_${kind}.`));
    return named.length > 0
      ? named.map((name) => `${kind} ${name}`)
      : referred.map((address) => `${kind} ${nameAt(address, context)}`);
  });
}

function nameAt(address: string, context: PlanContext): string {
  const holder = context
    .ofType(...KINDS.map((kind) => `aws_iam_${kind}`))
    .find((other) => configuredAddress(other.address) === address);
  const name = at(holder?.after, "name");
  return typeof name === "string" ? name : address;
}

function referencesOf(resource: Resource, argument: string): readonly string[] {
  return "configured" in resource ? (resource.configured.references[argument] ?? []) : [];
}

function beforeOf(resource: Resource): Value | undefined {
  return "before" in resource ? resource.before : resource.after;
}
