import { list, text } from "./attention/text.ts";
import type { Gathered } from "./gather.ts";
import type { Finding, PlacedFinding } from "./model.ts";
import type { ActionInvocation } from "./plan/format.ts";

// Parts of a plan besides resource changes and outputs. A review must not call a plan harmless because it did not read them.

/** Findings about partial plans, deferred changes, action invocations, failed checks, and unknown properties. */
export function unread(gathered: Gathered): readonly PlacedFinding[] {
  const { stack } = gathered;
  const place = { kind: "unread" as const, stack: stack.name, name: stack.name, address: undefined };
  return [
    ...planFindings(gathered).map((finding) => ({ ...place, ...finding })),
    ...gathered.deferred.map(({ subject: { name, address, action }, reason }) => ({
      ...place,
      name,
      address,
      severity: action === "destroy" || action === "replace" ? ("danger" as const) : ("caution" as const),
      text: text`Deferred: Terraform expects to ${action} it in a later plan (${reason}).`,
    })),
    ...gathered.deferredUnchanged.map((address) => ({
      ...place,
      name: address,
      address,
      severity: "caution" as const,
      text: text`Deferred: Terraform decides in a later plan how it changes.`,
    })),
    ...gathered.invocations.map((invocation) => ({
      ...place,
      name: invocation.address,
      address: invocation.address,
      severity: "caution" as const,
      text: [...text`Applying invokes this action of type ${invocation.type}`, ...triggerOf(invocation), "."],
    })),
    ...gathered.deferredInvocations.map(({ invocation, reason }) => ({
      ...place,
      name: invocation.address,
      address: invocation.address,
      severity: "caution" as const,
      text: text`Deferred: a later plan invokes this action of type ${invocation.type} (${reason}).`,
    })),
    ...gathered.failedChecks.map(({ address, status, instances }) => ({
      ...place,
      name: address.to_display,
      severity: "caution" as const,
      text: [
        status === "error" ? "The check could not be evaluated" : "The check failed",
        ...messages(instances ?? []),
        ".",
      ],
    })),
    ...gathered.laterChecks.map((name) => ({
      ...place,
      name,
      severity: "note" as const,
      text: ["The check depends on values that are known only after apply."],
    })),
  ];
}

function planFindings({
  summary: { isComplete, isErrored, unknown },
  deferred,
  deferredUnchanged,
  deferredInvocations,
}: Gathered): Finding[] {
  const findings: Finding[] = [];
  if (isErrored) {
    findings.push({
      severity: "danger",
      text: text`Terraform stopped planning because of an error, so this plan is incomplete and cannot be applied.`,
    });
  }
  if (!isComplete && !isErrored) {
    const cause =
      deferred.length + deferredUnchanged.length + deferredInvocations.length > 0
        ? "because changes are deferred"
        : "as with -target, -exclude, or deferred changes";
    findings.push({
      severity: "caution",
      text: [`The plan is partial, ${cause}: applying it does not bring everything in line with the code.`],
    });
  }
  if (unknown.size > 0) {
    const properties = [...unknown].map(([property, number]) => (number === 1 ? property : `${property} (${number})`));
    findings.push({
      // The effect of an unknown action may be anything.
      severity: [...unknown.keys()].some((property) => property.includes(".actions")) ? "caution" : "note",
      text: [...text`The plan has properties that this review does not know: `, ...list(properties), "."],
    });
  }
  return findings;
}

function triggerOf({ lifecycle_action_trigger: trigger, invoke_action_trigger: invoked }: ActionInvocation) {
  const { action_trigger_event: event, triggering_resource_address: resource } = trigger ?? {};
  const { calling_resource_address: caller } = invoked ?? {};
  if (caller) {
    return text` (called by ${caller})`;
  }
  return event === undefined || resource === undefined
    ? []
    : text` (${event.replace(/^(Before|After)(\w)/, "$1 $2").toLowerCase()} of ${resource})`;
}

function messages(instances: NonNullable<Gathered["failedChecks"][number]["instances"]>) {
  const problems = instances.flatMap(({ problems }) => (problems ?? []).flatMap(({ message }) => message ?? []));
  return problems.length === 0 ? [] : [": ", ...list(problems)];
}
