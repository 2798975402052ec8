import type { IConstruct } from "constructs";
import type { RuleName } from "./rules.ts";

const METADATA = "mysfits/allow";

/** A rule that does not hold for a construct and what is inside it. */
export interface Exception {
  readonly construct: IConstruct;
  readonly rule: RuleName;
  readonly reason: string;
}

/**
 * Lets a construct, and what is inside it, break a rule. The narrowest construct that does it is the right one. An
 * exception that nothing needs fails the synth, so that none outlives its reason.
 *
 * @param reason Why it is safe here, for the next reader; it may not be empty.
 */
export function allow(construct: IConstruct, rule: RuleName, reason: string): void {
  if (reason.trim() === "") {
    throw new Error(`${construct.node.path}: an exception from ${rule} needs a reason`);
  }
  construct.node.addMetadata(METADATA, { rule, reason });
}

/** The exceptions of a scope and of everything inside it. */
export function exceptionsIn(scope: IConstruct): readonly Exception[] {
  return scope.node
    .findAll()
    .flatMap((construct) =>
      construct.node.metadata
        .filter(({ type }) => type === METADATA)
        .map(({ data }) => ({ construct, ...(data as { rule: RuleName; reason: string }) })),
    );
}
