import { createReadStream } from "node:fs";
import { JSONParser } from "@streamparser/json";
import { z } from "zod";

// `terraform show -json PLAN`, read piece by piece: a plan tells everything four times over, and a review needs one of them.
// Source of the format: https://developer.hashicorp.com/terraform/internals/json-format, "Plan Representation".

/** One value's way from what is (`before`) to what will be (`after`). */
const change = z.object({
  actions: z.array(z.enum(["no-op", "create", "read", "update", "delete", "forget"])),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  /** `true` where `after` is known only once it is applied; nested like it. */
  after_unknown: z.unknown().optional(),
  /** `true` where nobody may see the value; nested like it. */
  before_sensitive: z.unknown().optional(),
  after_sensitive: z.unknown().optional(),
  /** Paths of the attributes that force a replacement. */
  replace_paths: z.array(z.array(z.union([z.string(), z.number()]))).optional(),
  importing: z.unknown().optional(),
});

const resourceChange = z.object({
  address: z.string(),
  /** The address until now, when the code moves it. */
  previous_address: z.string().optional(),
  mode: z.enum(["managed", "data"]),
  type: z.string().regex(/^\w+$/, "expected a type such as aws_vpc"),
  index: z.union([z.string(), z.number()]).optional(),
  /** Key of an object that an earlier, broken off replacement left behind. */
  deposed: z.string().optional(),
  change,
});

const outputChange = change.omit({ replace_paths: true, importing: true });

const configuredResource = z.object({
  address: z.string(),
  expressions: z.record(z.string(), z.unknown()).default({}),
});

const reference = z.object({ references: z.array(z.string()) });

export type Change = z.infer<typeof change>;
export type ResourceChange = z.infer<typeof resourceChange>;
export type OutputChange = z.infer<typeof outputChange>;

export type PlanPart =
  /** A resource or data source of the plan, those that stay as they are included. */
  | { readonly kind: "resource"; readonly resource: ResourceChange }
  /** What happened to a resource outside of Terraform since it was last applied, as far as Terraform can tell. */
  | { readonly kind: "drift"; readonly resource: ResourceChange }
  | { readonly kind: "output"; readonly name: string; readonly change: OutputChange }
  | ({ readonly kind: "configured"; readonly address: string } & Configured);

/** What the code says of a resource. */
export interface Configured {
  /** The arguments that it sets. */
  readonly attributes: readonly string[];
  /** The `aws_iam_policy_document` that an argument is taken from, by argument. */
  readonly documents: Readonly<Record<string, string>>;
}

/** The places that a review reads; the parser drops all others as they go by. */
const PATHS = [
  "$.format_version",
  "$.applyable",
  "$.errored",
  "$.resource_changes.*",
  "$.resource_drift.*",
  "$.output_changes.*",
  "$.configuration.root_module.resources.*",
];

const ZIP = Buffer.from("PK\u0003\u0004");

const EXPECTED = "expected what terraform show -json prints of a plan";

/**
 * The parts of a plan, in the order of the file. Takes memory for a few parts at a time, however long the plan is.
 * Throws an error that names the file and what was expected of it: for what is no plan, is cut off, or is of a format that
 * this code has not seen. It may come after the first parts, so nothing final may be done with them before the end.
 */
export async function* readPlan(file: string): AsyncGenerator<PlanPart> {
  const head: Record<string, unknown> = {};
  const found: PlanPart[] = [];
  const parser = new JSONParser({ paths: PATHS, keepStack: false });
  parser.onValue = ({ value, key, stack }) => {
    const section = stack[1]?.key;
    if (section === undefined) {
      head[String(key)] = value;
      refuseFormat(head);
    } else {
      found.push(part(String(section), String(key), value));
    }
  };
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 18 })) {
      refuseBinary(chunk);
      parser.write(chunk);
      yield* found.splice(0);
    }
    if (!parser.isEnded) {
      parser.end();
    }
    refuseUnfinished(head);
  } catch (error) {
    throw new Error(`${file}: ${EXPECTED}: ${reason(error)}`, { cause: error });
  }
}

function part(section: string, key: string, value: unknown): PlanPart {
  switch (section) {
    case "resource_changes":
      return { kind: "resource", resource: resourceChange.parse(value) };
    case "resource_drift":
      return { kind: "drift", resource: resourceChange.parse(value) };
    case "output_changes":
      return { kind: "output", name: key, change: outputChange.parse(value) };
    default: {
      const { address, expressions } = configuredResource.parse(value);
      return { kind: "configured", address, attributes: Object.keys(expressions), documents: documentsIn(expressions) };
    }
  }
}

function documentsIn(expressions: Readonly<Record<string, unknown>>): Configured["documents"] {
  return Object.fromEntries(
    Object.entries(expressions).flatMap(([argument, expression]) => {
      const { data } = reference.safeParse(expression);
      const document = data?.references.find((address) => /^data\.aws_iam_policy_document\.[\w-]+$/.test(address));
      return document === undefined ? [] : [[argument, document]];
    }),
  );
}

/** A plan file is a zip archive. */
function refuseBinary(chunk: Buffer): void {
  if (chunk.subarray(0, 4).equals(ZIP)) {
    throw new Error("it is the plan itself, not its JSON");
  }
}

/** The first digit is raised when old readers would misread what is written. It stands at the beginning of the file. */
function refuseFormat({ format_version: version }: Record<string, unknown>): void {
  if (version !== undefined && !/^1\.\d+$/.test(String(version))) {
    throw new Error(`its format_version is "${version}", this program reads 1.x`);
  }
}

function refuseUnfinished({ format_version: version, applyable, errored }: Record<string, unknown>): void {
  if (version === undefined) {
    throw new Error("it is empty, or something else");
  }
  if (typeof applyable !== "boolean") {
    throw new Error('it has no "applyable", which only plans have (Terraform 1.8 or later)');
  }
  if (errored === true) {
    throw new Error("Terraform broke this plan off with an error, so it is not whole");
  }
}

function reason(error: unknown): string {
  if (error instanceof z.ZodError) {
    const [issue] = error.issues;
    return `${issue?.path.join(".")}: ${issue?.message}`;
  }
  const { message } = error as Error;
  return /mid-parsing|middle of a token/.test(message) ? "it is cut off" : message;
}
