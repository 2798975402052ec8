import type { ResourceReview, Severity } from "../model.ts";

/** The level of detail of a comment. */
export interface Detail {
  /** Maximum length of a value, in characters. */
  readonly values: number;
  /** Maximum number of lines of a resource's diff. */
  readonly lines: number;
  /** True for resources whose differences are shown; the others are only named. */
  readonly shows: (resource: Pick<ResourceReview, "action" | "severity">) => boolean;
  readonly outputs: boolean;
  /** False counts the resources without shown differences by type instead of naming them. */
  readonly names: boolean;
  readonly stacks: boolean;
  /** Maximum number of findings per severity; findings with the same sentence count as one. */
  readonly findings: Readonly<Record<Severity, number>>;
  readonly cost: "whole" | "table" | "none";
  /** Rows of the stack table: all, or the maximum number of changing stacks. */
  readonly rows: "all" | number;
}

/** Thrown as soon as a comment is too long, so that the rest need not be rendered. */
export class TooLong extends Error {
  override readonly name = "TooLong";
}

/** The space left in a comment, in bytes. */
export class Budget {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  /** Throws TooLong when the text does not fit. Returns the text. */
  spend(text: string): string {
    this.#left -= Buffer.byteLength(text);
    if (this.#left < 0) {
      throw new TooLong();
    }
    return text;
  }
}
