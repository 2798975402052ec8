import { isSection } from "./sections.ts";

// Input other than the JSON of a plan, rejected by name.

/** Names the common mistakes whose JSON error would not explain them. */
export function rejectOtherInput(chunk: Buffer): void {
  if (chunk.subarray(0, 4).equals(ZIP)) {
    throw new Error("this is the binary plan, not its JSON");
  }
  if (chunk.subarray(0, 2).equals(GZIP)) {
    throw new Error("the file is compressed with gzip; decompress it, for example with gunzip");
  }
  const [first, second] = chunk;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || first === 0 || second === 0) {
    throw new Error("the file is UTF-16, as PowerShell's > writes it; write it as UTF-8");
  }
  const start = chunk.subarray(0, 256).toString();
  const [, cause] = OTHER_BEGINNINGS.find(([beginning]) => beginning.test(start)) ?? [];
  if (cause !== undefined) {
    throw new Error(cause);
  }
}

const ZIP = Buffer.from("PK\u0003\u0004");

const GZIP = Buffer.from([0x1f, 0x8b]);

const OTHER_BEGINNINGS: readonly (readonly [RegExp, string])[] = [
  [/^\s*\{"@level"/, "this is the log of terraform plan -json; use terraform show -json with a saved plan"],
  [
    /^\s*(?:[^\P{Cc}\s]|Terraform |OpenTofu |No changes\.|Note: |╷|Acquiring state lock|\S+: (?:Refreshing state|Reading))/u,
    "this is the text of terraform plan or terraform show; use terraform show -json with a saved plan",
  ],
  [
    /^\s*(?:\[command\]|::[a-z]+)/,
    "the first line is from the wrapper of hashicorp/setup-terraform; set terraform_wrapper: false, or call terraform-bin",
  ],
  [/^\s*"\s*\{/, "the plan is inside a JSON string: it was encoded twice"],
  [
    /^\s*(?!true|false|null)[^\s{["\d-]/,
    "the input begins with something other than JSON; write only the output of terraform show -json to it",
  ],
];

/** A new major version is incompatible with older readers. The version is at the beginning of the file. */
export function rejectFormat({ format_version: version }: Record<string, unknown>): void {
  if (version !== undefined && !/^1\.\d+$/.test(String(version))) {
    throw new Error(`its format_version is "${version}", and this program reads 1.x (Terraform 1.1 and later)`);
  }
}

/** Properties that Terraform also writes without a plan. */
const IN_ANY_DOCUMENT: readonly string[] = ["format_version", "terraform_version", "checks"];

export function rejectOtherDocuments(head: Readonly<Record<string, unknown>>, keys: ReadonlySet<string>): void {
  if (keys.has("lineage") && keys.has("serial")) {
    throw new Error("this is a state file, not a plan");
  }
  if (keys.has("plan_format_version")) {
    throw new Error("this is the redacted plan of HCP Terraform; use the JSON of the whole plan");
  }
  if (head.format_version === undefined) {
    throw new Error('it has no "format_version"');
  }
  if (head.values !== undefined) {
    throw new Error("this is a state, not a plan");
  }
  if ([...keys].every((key) => IN_ANY_DOCUMENT.includes(key))) {
    throw new Error("this is an empty state, not a plan");
  }
  if (![...keys].some((key) => isSection(key) && !IN_ANY_DOCUMENT.includes(key))) {
    throw new Error("it has none of a plan's properties, such as resource_changes");
  }
}
