import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ExecutionContext } from "ava";
import type { ReviewJson } from "../../../tools/review/json-schema.ts";
import type { Action } from "../../../tools/review/subject.ts";

// Comparison of a review with Terraform's own text of the same plan.

/** Runs Terraform in a folder and returns its output. */
export function terraformIn(folder: string): (...args: readonly string[]) => Promise<string> {
  return async (...args) => {
    const { stdout } = await promisify(execFile)("terraform", [...args], {
      cwd: folder,
      maxBuffer: 1 << 26,
      env: { ...process.env, CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1" },
    });
    return stdout;
  };
}

const VERBS: readonly (readonly [RegExp, string])[] = [
  [/^(.+) will be created$/, "create"],
  [/^(.+) will be updated in-place$/, "update"],
  [/^(.+?)(?: is tainted, so)? must be replaced$/, "replace"],
  [/^(.+) will be replaced, as requested$/, "replace"],
  [/^(.+) will be destroyed$/, "destroy"],
  [/^(.+) will be read during apply$/, "read"],
  [/^(.+) will no longer be managed by Terraform, but will not be destroyed$/, "forget"],
  [/^.+ has moved to (.+)$/, "move"],
  [/^(.+) will be imported$/, "import"],
];

interface Block {
  readonly address: string;
  readonly action: string;
  readonly lines: string[];
}

/** The resources in Terraform's text with the lines about each. */
function blocksOf(text: string): readonly Block[] {
  const blocks: Block[] = [];
  for (const line of text.split("\n")) {
    const title = /^ {1,2}# (.+)$/.exec(line)?.[1];
    const found = title === undefined ? undefined : VERBS.find(([pattern]) => pattern.test(title));
    if (title !== undefined && found !== undefined) {
      const address = (found[0].exec(title)?.[1] ?? "").replace("deposed object", "deposed");
      blocks.push({ address, action: found[1], lines: [] });
    } else if (/^(Plan:|Changes to Outputs:)/.test(line)) {
      break;
    } else {
      blocks.at(-1)?.lines.push(line);
    }
  }
  return blocks;
}

/** Fails unless counts, actions, orders, deletions, values, unknown attributes, and outputs agree. */
export function compare(t: ExecutionContext, text: string, { stacks, attention }: ReviewJson): void {
  const [stack] = stacks;
  const blocks = blocksOf(text);
  const found = stack?.resources ?? [];
  const byAddress = new Map(found.map((resource) => [resource.address, resource]));
  const actions = (list: readonly { address: string; action: string }[]) =>
    list.map(({ address, action }) => `${action} ${address}`).sort();
  t.deepEqual(actions(found), actions(blocks), text);

  const [, imports = 0, add = 0, change = 0, destroy = 0] = (
    /^Plan: (?:(\d+) to import, )?(\d+) to add, (\d+) to change, (\d+) to destroy\.$/m.exec(text) ?? []
  ).map(Number);
  const number = (action: Action) => stack?.counts[action] ?? 0;
  t.deepEqual(
    [number("import"), number("create") + number("replace"), number("update"), number("destroy") + number("replace")],
    [imports || 0, add, change, destroy],
    text,
  );

  for (const { address, action, lines } of blocks) {
    const resource = byAddress.get(address);
    const about = `${address}\n${lines.join("\n")}\n${JSON.stringify(resource, undefined, 1)}`;
    const sign = /^ *([-+/]+) resource/m.exec(lines.join("\n"))?.[1];
    t.is(resource?.order as string | undefined, ORDERS[sign ?? ""], about);
    if (action !== "import") {
      t.is(resource?.importedAs, /\(imported from "(.+)"\)/.exec(lines.join("\n"))?.[1], about);
    }
    if (action === "destroy") {
      t.true(
        attention.some((finding) => finding.kind === "loss" && finding.address === address),
        about,
      );
    }
    const told = JSON.stringify(resource?.differences);
    for (const shown of hasHiddenElement(lines) ? [] : changedWords(lines)) {
      t.true(told.includes(shown), `${shown} is not in the review of ${about}`);
    }
    for (const path of emptyEntries(lines)) {
      t.true(
        resource?.differences.some((difference) => difference.path === path),
        `${path} is not in ${about}`,
      );
    }
    const unknown = lines.flatMap((line) => /^ {6}[-+~] (\w+) += .*\(known after apply\)/.exec(line)?.[1] ?? []);
    for (const name of unknown) {
      const isTold =
        resource?.knownAfterApply.includes(name) ||
        resource?.differences.some(
          ({ path, after }) => path === name && JSON.stringify(after) === JSON.stringify({ unknown: true }),
        );
      t.true(isTold, `${name} is not known after apply in the review of ${about}`);
    }
  }

  const names = [...(text.split("Changes to Outputs:")[1] ?? "").matchAll(/^ {2}[-+~] (\w+) +=/gm)].map(
    ([, name]) => name,
  );
  // Terraform does not show an output of which only the type or the mark as sensitive changes.
  const outputs = new Set(stack?.outputs.map(({ path }) => /^\w+/.exec(path)?.[0] ?? ""));
  const unseen = stack?.outputs.filter(({ before, after }) => JSON.stringify(before) === JSON.stringify(after)) ?? [];
  const isUnseen = (name: string) => !names.includes(name) && unseen.some(({ path }) => path === name);
  t.deepEqual([...outputs].filter((name) => !isUnseen(name)).sort(), names.sort(), text);
}

/**
 * Words and numbers that Terraform removes more or less often than it adds them: it writes an element of a list that changes
 * inside as removed and added. Those of `output` and `tags_all` do not count: they repeat `input` and `tags` without their
 * marks, and the review hides such copies.
 */
function changedWords(lines: readonly string[]): readonly string[] {
  let attribute = "";
  const balance = new Map<string, number>();
  const add = (text: string, number: number) => {
    for (const word of text.match(SHOWN) ?? []) {
      balance.set(word, (balance.get(word) ?? 0) + number);
    }
  };
  for (const line of lines) {
    attribute = /^ {6}[-+~ ] (\w+) +=/.exec(line)?.[1] ?? attribute;
    const [, sign, text = ""] = /^ *([-+~]) (.*)$/.exec(line) ?? [];
    if (!COPIES.includes(attribute) && sign !== undefined) {
      const [was = "", is = ""] = sign === "~" ? text.split(" -> ") : sign === "-" ? [text] : ["", text];
      add(was, -1);
      add(is, 1);
    }
  }
  return [...balance].flatMap(([word, number]) => (number === 0 ? [] : [word]));
}

/** Paths of empty values that appear in or disappear from the map `input`, unless all of it is replaced. */
function emptyEntries(lines: readonly string[]): readonly string[] {
  const start = lines.findIndex((line) => /^ {6}~ input += \{$/.test(line));
  const end = lines.findIndex((line, index) => index > start && /^ {8}\}/.test(line));
  return start < 0 || lines[end] !== "        }"
    ? []
    : lines
        .slice(start, end)
        .flatMap((line) => /^ {10}[-+] (\w+) += (?:\[\]|\{\}|null|"")$/.exec(line)?.[1] ?? [])
        .map((name) => `input.${name}`);
}

/**
 * True if a list has a hidden element. Terraform moves elements before it compares them, and the review hides what is at the
 * position of a hidden one on either side, so it may hide more.
 */
function hasHiddenElement(lines: readonly string[]): boolean {
  return (
    lines.some((line) => line.endsWith("(sensitive value)") || line.endsWith("(sensitive value),")) &&
    lines.some((line) => line.endsWith("["))
  );
}

/** Kinds of change that every generated plan has, each at least once. */
export const KINDS = [
  "stay",
  "create",
  "update",
  "delete",
  "replace",
  "replace-first",
  "taint",
  "request",
  "move",
  "move-update",
  "forget",
  "deposed",
] as const;

/** Attributes with the values of another one. */
const COPIES: readonly string[] = ["output", "tags_all"];

const ORDERS: Readonly<Record<string, string>> = { "-/+": "destroy, then create", "+/-": "create, then destroy" };

/** Words and numbers that are not sensitive. */
const SHOWN = /shown\w+|\b1\d{9}\b/g;

/** Words and numbers that are sensitive on one side of the change. */
export function secretsIn(code: string): readonly string[] {
  return [...code.matchAll(/sensitive\((?:\\")?(\w+)/g)].map(([, secret = ""]) => secret);
}

/** Calls a function with a temporary folder. */
export async function withTemporaryFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "terraform-text-"));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
