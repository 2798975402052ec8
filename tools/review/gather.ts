import { CONTEXT_TYPES, type Unchanged } from "./attention/context.ts";
import { differences } from "./differences.ts";
import { ATTACHED_TYPES, type Attached, collect } from "./drift.ts";
import type { Difference } from "./model.ts";
import type { ActionInvocation, CheckResult } from "./plan/format.ts";
import type { Configured, PlanPart, PlanSummary, ResourcePart } from "./plan/part.ts";
import type { StackPlan } from "./plan/plans-index.ts";
import { isSecretSetting } from "./secrets/names.ts";
import type { Secrets } from "./secrets/secrets.ts";
import { attributesOf, hasSensitive, keepSecrets, sidesOf } from "./sides.ts";
import { configuredAddress, type Subject, subjectOf } from "./subject.ts";
import { stepTo } from "./values/path.ts";
import { type BeforeAndAfter, equal } from "./values/value.ts";

/** The contents of a stack's plan that a review needs. */
export interface Gathered {
  readonly stack: StackPlan;
  readonly subjects: readonly Subject[];
  /** Resources without a change that rules about others need. */
  readonly unchanged: readonly Unchanged[];
  /** True for a plan that plans no resource, such as one of -refresh-only. */
  readonly isRefreshOnly: boolean;
  /** Resources that changed outside Terraform. */
  readonly drifted: readonly Subject[];
  readonly outputs: readonly Difference[];
  readonly deferred: readonly { readonly subject: Subject; readonly reason: string }[];
  /** Addresses of deferred resources that Terraform expects to stay as they are. */
  readonly deferredUnchanged: readonly string[];
  readonly invocations: readonly ActionInvocation[];
  readonly deferredInvocations: readonly { readonly invocation: ActionInvocation; readonly reason: string }[];
  /** Checks and conditions that failed or could not be evaluated. */
  readonly failedChecks: readonly CheckResult[];
  /** Addresses of check blocks that Terraform evaluates only during apply. */
  readonly laterChecks: readonly string[];
  readonly summary: PlanSummary;
}

/** Reads a plan once and keeps only its changes. Data shared by all stacks goes to `secrets` and `attached`. */
export async function gather(
  stack: StackPlan,
  parts: AsyncIterable<PlanPart>,
  secrets: Secrets,
  attached: Attached,
): Promise<Gathered> {
  const naming = { stack: stack.name, constructs: stack.constructs };
  const configured = new Map<string, Configured>();
  const shared = sharedConfigurations();
  /** Types whose attributes are known. Terraform writes all attributes of a type for every resource. */
  const named = new Set<string>();
  const found = (part: ResourcePart) => {
    const { head, read } = part;
    secrets.keepName(head.address);
    secrets.keepName(head.type);
    if (hasSensitive(head.change)) {
      keepSecrets(read().change, secrets.keep);
    }
    const block = configuredAddress(head.address);
    const subject = subjectOf(part, naming, configurationIn(configured, block));
    if (subject !== undefined) {
      if (!named.has(head.type)) {
        const attributes = attributesOf(read().change);
        attributes.forEach(secrets.keepName);
        if (attributes.length > 0) {
          named.add(head.type);
        }
      }
      changed.add(block);
    }
    return subject;
  };
  let isRefreshOnly = true;
  const subjects: Subject[] = [];
  const unchanged: Unchanged[] = [];
  const drifted: Subject[] = [];
  const deferred: { subject: Subject; reason: string }[] = [];
  const deferredUnchanged: string[] = [];
  const invocations: ActionInvocation[] = [];
  const deferredInvocations: Gathered["deferredInvocations"][number][] = [];
  const failedChecks: CheckResult[] = [];
  const laterChecks: string[] = [];
  const outputs: Difference[] = [];
  // Their values and their declarations are in two sections of a plan, in either order.
  const variables = new Map<string, unknown>();
  const sensitiveVariables: string[] = [];
  let summary: PlanSummary = { isComplete: true, isErrored: false, unknown: new Map() };
  // Configurations are needed only for changes; Terraform writes changes before the configuration.
  const changed = new Set<string>();
  const isAfterChanges = () => changed.size > 0;
  for await (const part of parts) {
    switch (part.kind) {
      case "resource": {
        const { type, address } = part.head;
        isRefreshOnly = false;
        if (ATTACHED_TYPES.includes(type)) {
          collect(attached, type, sidesOf(part.read().change, secrets.keep).before);
        }
        const subject = found(part);
        if (subject !== undefined) {
          subjects.push(subject);
        } else if (CONTEXT_TYPES.has(type)) {
          unchanged.push({
            type,
            address,
            name: address,
            get after() {
              return sidesOf(part.read().change, () => {}).after;
            },
          });
        }
        break;
      }
      case "drift": {
        const subject = found(part);
        if (subject !== undefined) {
          drifted.push(subject);
        }
        break;
      }
      case "deferred": {
        const subject = found(part);
        if (subject !== undefined) {
          deferred.push({ subject, reason: part.reason });
        } else {
          deferredUnchanged.push(part.head.address);
        }
        break;
      }
      case "state": {
        const change = { before: part.values, before_sensitive: part.sensitive };
        if (ATTACHED_TYPES.includes(part.type)) {
          collect(attached, part.type, sidesOf(change, secrets.keep).before);
        } else if (hasSensitive(change)) {
          keepSecrets(change, secrets.keep);
        }
        break;
      }
      case "output":
        outputs.push(
          ...outputDifferences(part.name, part.change.actions.includes("update"), outputSides(part, secrets)),
        );
        break;
      case "configured":
        if (!isAfterChanges() || changed.has(part.address)) {
          configured.set(part.address, shared(part));
        }
        break;
      case "variable":
        variables.set(part.name, part.value);
        break;
      case "sensitive variable":
        sensitiveVariables.push(part.name);
        break;
      case "invocation":
        keepSettings(part.invocation, secrets);
        invocations.push(part.invocation);
        break;
      case "deferred invocation":
        keepSettings(part.invocation, secrets);
        deferredInvocations.push(part);
        break;
      case "check":
        if ([part.check, ...(part.check.instances ?? [])].some(hasFailed)) {
          failedChecks.push(part.check);
        } else if (part.check.status === "unknown" && part.check.address.kind === "check") {
          laterChecks.push(part.check.address.to_display);
        }
        break;
      case "summary":
        summary = part.summary;
    }
  }
  for (const name of sensitiveVariables) {
    secrets.keep(variables.get(name));
  }
  return {
    stack,
    subjects,
    unchanged,
    isRefreshOnly,
    drifted,
    deferred,
    deferredUnchanged,
    invocations,
    deferredInvocations,
    failedChecks,
    laterChecks,
    outputs,
    summary,
  };
}

function keepSettings(
  { config_values: after, config_sensitive: after_sensitive }: ActionInvocation,
  { keep }: Secrets,
): void {
  keepSecrets({ after, after_sensitive }, keep);
}

function hasFailed({ status }: { readonly status?: string }): boolean {
  return status === "fail" || status === "error";
}

/** Returns one object for all equal configurations: a plan with many resources has few of them. */
function sharedConfigurations(): (configured: Configured) => Configured {
  const known = new Map<string, Configured>();
  return ({ attributes, references, provisioners }) => {
    const key = JSON.stringify([attributes, references, provisioners]);
    const configured = known.get(key) ?? { attributes, references, ...(provisioners && { provisioners }) };
    known.set(key, configured);
    return configured;
  };
}

/** The configuration of a resource, which comes later in the plan. */
function configurationIn(configured: ReadonlyMap<string, Configured>, block: string): () => Configured {
  return () => configured.get(block) ?? NOT_IN_THE_CODE;
}

const NOT_IN_THE_CODE: Configured = { attributes: [], references: {} };

/** cdktf marks every output that another stack reads as sensitive, so the mark says nothing about copies of the value. */
function keepOf(output: string, { keep }: Secrets): Secrets["keep"] {
  return output.startsWith("cross-stack-output-") ? () => {} : keep;
}

/** An output whose name says that it is a secret is hidden like a marked one, but only where it is. */
function outputSides({ name, change }: Extract<PlanPart, { kind: "output" }>, secrets: Secrets): BeforeAndAfter {
  const isNamed = !hasSensitive(change) && [change.before, change.after].some((value) => isSecretSetting(name, value));
  return isNamed
    ? sidesOf({ ...change, before_sensitive: true, after_sensitive: true }, () => {})
    : sidesOf(change, keepOf(name, secrets));
}

/** Unlike an argument, an output counts even if its value is empty. */
function outputDifferences(name: string, isUpdate: boolean, { before, after }: BeforeAndAfter): readonly Difference[] {
  if (before === undefined || after === undefined) {
    return before === after ? [] : [{ path: stepTo("", name), before, after }];
  }
  const found = differences({ before: { [name]: before }, after: { [name]: after } });
  // An update without a difference is one of the notation or of the mark as sensitive.
  const isUnseen = found.length === 0 && (isUpdate || !equal(before, after));
  return isUnseen ? [{ path: stepTo("", name), before, after }] : found;
}
