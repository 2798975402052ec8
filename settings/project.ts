import { z } from "zod";
import { RESERVED_WORDS, reservedWordIn } from "./reserved-words.ts";

// Every message completes the sentence "expected …", as in schema.ts.

/** Names of the example, the defaults of {@link project}. */
export const EXAMPLE = { prefix: "mysfits", tag: "mythical-mysfits", title: "Mythical Mysfits" } as const;

/**
 * Characters of `<prefix>-<environment>`. A target group takes 32, with `-like-green` or the name of an added service; a
 * sampling rule 32, with `-health`; a pull-through cache 30, with `-public`; and a search domain 28.
 * Sources: CreateTargetGroup (Elastic Load Balancing), SamplingRule (X-Ray), CreatePullThroughCacheRule (ECR), and CreateDomain
 * (OpenSearch Service), API references.
 */
const LONGEST_NAME_PREFIX = 20;

const PREFIX =
  "a name of at most 18 lowercase letters and digits that begins with a letter: names in AWS begin with it";
const WITHOUT_RESERVED = `a name without ${RESERVED_WORDS.join(", ")}, which Cognito reserves`;
const TAG = "1 to 128 ASCII letters, digits, and spaces or . : / = + @ - _";
const TITLE = "1 to 40 letters, digits, and spaces or . , : ! ? ' ( ) + -, beginning with a letter or digit";

/** Names to change in a project that is made from this one. */
export const project = z
  .strictObject({
    /**
     * First part of every name in AWS; the environment follows. No hyphens, because IAM policies allow names by the pattern
     * `<prefix>-<environment>-*`: that of prefix `a` and environment `b` would match every name of prefix `a-b`.
     */
    prefix: z
      .string()
      .regex(/^[a-z][a-z0-9]{0,17}$/, { error: PREFIX, abort: true })
      .refine((prefix) => reservedWordIn(prefix) === undefined, WITHOUT_RESERVED)
      // Sources: PutParameter (Systems Manager) and CreateLoadBalancer (Elastic Load Balancing), API references.
      .refine(
        (prefix) => !prefix.startsWith("ssm"),
        "a name that does not begin with ssm, which Systems Manager reserves",
      )
      .refine((prefix) => prefix !== "internal", "a name other than internal, which Elastic Load Balancing reserves")
      .default(EXAMPLE.prefix),
    /** Value of the tag `Project` of every resource. */
    tag: z
      .string()
      .regex(/^[\w .:/=+@-]{1,128}$/, TAG)
      .default(EXAMPLE.tag),
    /** Title of the site and the console, without characters that HTML or JavaScript would interpret. */
    title: z
      .string()
      .regex(/^[\p{L}\p{N}][\p{L}\p{N}\p{M} .,:!?'()+-]{0,39}$/u, TITLE)
      .default(EXAMPLE.title),
  })
  .prefault({});

/** Returns the expected length if the names of an environment would be too long, or undefined if they fit. */
export function prefixProblem(prefix: string, environment: string): string | undefined {
  const longest = LONGEST_NAME_PREFIX - 1 - environment.length;
  return prefix.length > longest
    ? `expected at most ${longest} characters in the environment "${environment}", because the names of target groups begin with both`
    : undefined;
}
