import { CONTEXT_TYPES, type Unchanged } from "./attention/context.ts";
import { ATTACHED_TYPES, type Attached, collect } from "./drift.ts";
import type { Difference } from "./model.ts";
import { outputDifferences } from "./outputs.ts";
import type { ActionInvocation, CheckResult } from "./plan/format.ts";
import type { PlanPart, PlanSummary } from "./plan/part.ts";
import type { StackPlan } from "./plan/plans-index.ts";
import type { Secrets } from "./secrets/secrets.ts";
import { hasSensitive, keepSecrets, sidesOf } from "./sides.ts";
import type { Subject } from "./subject.ts";
import { SubjectReader } from "./subject-reader.ts";

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
  const reader = new SubjectReader(stack, secrets);
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
  for await (const part of parts) {
    switch (part.kind) {
      case "resource": {
        const { type, address } = part.head;
        isRefreshOnly = false;
        if (ATTACHED_TYPES.includes(type)) {
          collect(attached, type, sidesOf(part.read().change, secrets.keep).before);
        }
        const subject = reader.read(part);
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
        const subject = reader.read(part);
        if (subject !== undefined) {
          drifted.push(subject);
        }
        break;
      }
      case "deferred": {
        const subject = reader.read(part);
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
        outputs.push(...outputDifferences(part, secrets));
        break;
      case "configured":
        reader.configure(part);
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
