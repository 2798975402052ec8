import { createReadStream, statSync } from "node:fs";
import { isKnownReason } from "./action-reasons.ts";
import { configured, configuredInModule, providerRegion } from "./configuration.ts";
import {
  type ActionInvocation,
  type CheckResult,
  type ConditionResult,
  type ConfiguredModule,
  type OutputChange,
  type ResourceChange,
  type ResourceHead,
  SHAPES,
  type StateModule,
  type StateResource,
  VALUES,
} from "./format.ts";
import { JsonError, JsonSections, type Place, parseJson, type Section } from "./json-sections.ts";
import { rejectFormat, rejectOtherDocuments, rejectOtherInput } from "./other-input.ts";
import type { PlanPart, ResourcePart } from "./part.ts";
import { withoutValues } from "./resource-head.ts";
import { isSection, sectionsAfter } from "./sections.ts";
import { anything, check, type Shape, ShapeError } from "./shape.ts";
import { readAt, readChunks } from "./text.ts";
import {
  type Count,
  countUnknown,
  countUnknownActions,
  countUnknownMode,
  countUnknownStatuses,
} from "./unknown-properties.ts";

// Reads the output of `terraform show -json PLAN` in pieces.

const EXPECTED = "expected the output of terraform show -json for a plan";

/**
 * The parts of a plan in the order of the file. Memory use does not depend on the length of the plan. Errors name the file and
 * the reason. Because an error can come after the first parts, callers must not act on any part before the end.
 */
export async function* readPlan(
  file: string,
  input?: AsyncIterable<Buffer> | Iterable<Buffer>,
): AsyncGenerator<PlanPart> {
  const head: Record<string, unknown> = {};
  const unknown = new Map<string, number>();
  const count = (property: string) => unknown.set(property, (unknown.get(property) ?? 0) + 1);
  const keys = new Set<string>();
  const sections = new JsonSections(sectionsAfter(keys), (key) => {
    keys.add(key);
    if (!isSection(key)) {
      count(key);
    }
  });
  try {
    const isFile = input === undefined && statSync(file).isFile();
    let markLength: number | undefined;
    for await (const chunk of isFile ? readChunks(file) : (input ?? createReadStream(file))) {
      if (markLength === undefined) {
        rejectOtherInput(chunk);
        markLength = hasByteOrderMark(chunk) ? BYTE_ORDER_MARK.length : 0;
        sections.skip(markLength);
      }
      for (const section of sections.write(chunk)) {
        const [name = ""] = section.path;
        if (section.path.length === 1) {
          head[name] = checked(parseJson(section.json.toString()), VALUES[name] ?? anything, section.path);
          rejectFormat(head);
        } else {
          for (const part of partsOf(section, { file, isFile }, count)) {
            yield part;
          }
        }
      }
    }
    sections.end();
    rejectOtherDocuments(head, keys);
    yield {
      kind: "summary",
      summary: { isComplete: head.complete !== false, isErrored: head.errored === true, unknown },
    };
  } catch (error) {
    throw new Error(`${file}: ${EXPECTED}: ${reason(error)}`, { cause: error });
  }
}

const BYTE_ORDER_MARK = Buffer.from("\ufeff");

function hasByteOrderMark(chunk: Buffer): boolean {
  return chunk.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
}

interface Source {
  readonly file: string;
  /** False for a pipe, which can be read only once. */
  readonly isFile: boolean;
}

function partsOf(
  { path, json, place, isExact, inner }: Section,
  { file, isFile }: Source,
  count: Count,
): readonly PlanPart[] {
  const [section = "", key = ""] = path;
  if (section === "resource_changes" || section === "resource_drift") {
    const head = headOf(parseJson(withoutValues({ json, inner }), isExact), { path, section }, count);
    const source = { file, address: head.address, isExact };
    const read = isFile ? fromFile(source, place) : fromCopy(source, Buffer.from(json));
    return [{ kind: section === "resource_changes" ? "resource" : "drift", head, read }];
  }
  const value = parseJson(json.toString());
  switch (section) {
    case "deferred_changes": {
      const { reason = "unknown", resource_change } = checked<{ reason?: string; resource_change: ResourceChange }>(
        value,
        SHAPES.deferred,
        path,
      );
      countUnknown(value, "deferred", section, count);
      const place = { path: [...path, "resource_change"], section: `${section}.resource_change` };
      const head = headOf(resource_change, place, count);
      return [{ kind: "deferred", reason, head, read: () => resource_change }];
    }
    case "action_invocations": {
      const invocation = checked<ActionInvocation>(value, SHAPES.invocation, path);
      countUnknown(invocation, "invocation", section, count);
      return [{ kind: "invocation", invocation }];
    }
    case "deferred_action_invocations": {
      const { reason = "unknown", action_invocation } = checked<{
        reason?: string;
        action_invocation: ActionInvocation;
      }>(value, SHAPES.deferredInvocation, path);
      countUnknown(value, "deferred", section, count);
      countUnknown(action_invocation, "invocation", `${section}.action_invocation`, count);
      return [{ kind: "deferred invocation", reason, invocation: action_invocation }];
    }
    case "output_changes": {
      const change = checked<OutputChange>(value, SHAPES.output, path);
      countUnknown(change, "change", section, count);
      countUnknownActions(change, section, count);
      return [{ kind: "output", name: key, change }];
    }
    case "checks": {
      const check = checked<CheckResult>(value, SHAPES.check, path);
      countUnknown(check, "check", section, count);
      countUnknownStatuses(check, section, count);
      return [{ kind: "check", check }];
    }
    case "condition_results": {
      const condition = checked<ConditionResult>(value, SHAPES.condition, path);
      countUnknown(condition, "condition", section, count);
      return [{ kind: "check", check: checkOf(condition) }];
    }
    case "variables":
      return [{ kind: "variable", name: key, value: checked<{ value?: unknown }>(value, SHAPES.variable, path).value }];
    case "prior_state":
      return path[3] === "resources"
        ? [stateOf(checked(value, SHAPES.state, path))]
        : [...stateInModule(checked(value, SHAPES.stateModule, path))];
    default: {
      if (path[1] === "provider_config") {
        return providerRegion(path[2] ?? "", checked(value, SHAPES.variable, path));
      }
      if (path[2] === "variables") {
        const { sensitive } = checked<{ sensitive?: unknown }>(value, SHAPES.variable, path);
        return sensitive === true ? [{ kind: "sensitive variable", name: path[3] ?? "" }] : [];
      }
      if (path[2] === "resources") {
        return [configured(checked(value, SHAPES.configured, path), "")];
      }
      const { module = {} } = checked<{ module?: ConfiguredModule }>(value, SHAPES.moduleCall, path);
      return [...configuredInModule(module, `module.${path[3]}.`)];
    }
  }
}

// Two functions, because closures of one function share everything that any of them needs: the text would stay in memory.

function fromFile(source: ResourceSource, place: Place): ResourcePart["read"] {
  return () => parseResource(readAt(source.file, place), source);
}

function fromCopy(source: ResourceSource, json: Buffer): ResourcePart["read"] {
  return () => parseResource(json.toString(), source);
}

interface ResourceSource {
  readonly file: string;
  readonly address: string;
  readonly isExact: boolean;
}

function parseResource(json: string, { file, address, isExact }: ResourceSource): ResourceChange {
  const resource = tryParse(json, isExact) as ResourceChange | undefined;
  if (resource?.address !== address) {
    const cause =
      addressIn(json) === address
        ? `${EXPECTED}: the JSON of ${address} is invalid`
        : "the file changed during the review";
    throw new Error(`${file}: ${cause}`);
  }
  return resource;
}

/** The address of a resource whose values may be invalid. */
function addressIn(json: string): unknown {
  try {
    const [section] = new JsonSections({ resource: "value" }).write(Buffer.from(`{"resource":${json}}`));
    return section && (parseJson(withoutValues(section)) as ResourceHead).address;
  } catch {
    return undefined;
  }
}

/** Undefined for invalid JSON. V8's message would quote the text, which may contain secrets. */
function tryParse(json: string, isExact: boolean): unknown {
  try {
    return parseJson(json, isExact);
  } catch {
    return undefined;
  }
}

/** A parsed value, whose type the shape guarantees. */
function checked<T>(value: unknown, shape: Shape, path: readonly string[]): T {
  check(value, shape, path);
  return value as T;
}

function headOf(
  value: unknown,
  { path, section }: { readonly path: readonly string[]; readonly section: string },
  count: Count,
): ResourceHead {
  const resource = checked<ResourceHead>(value, SHAPES.resource, path);
  countUnknown(resource, "resource", section, count);
  countUnknownMode(resource, section, count);
  countUnknown(resource.change, "change", `${section}.change`, count);
  if (resource.action_reason !== undefined && !isKnownReason(resource.action_reason)) {
    count(`${section}.action_reason.${resource.action_reason}`);
  }
  countUnknownActions(resource.change, `${section}.change`, count);
  return resource;
}

function checkOf({ address, result, unknown, error_message: message }: ConditionResult): CheckResult {
  const status = result ? "pass" : unknown ? "unknown" : "fail";
  return { address: { to_display: address }, status, instances: [{ status, problems: message ? [{ message }] : [] }] };
}

function stateOf({ type, values, sensitive_values: sensitive }: StateResource): PlanPart {
  return { kind: "state", type, values, sensitive };
}

function* stateInModule({ resources = [], child_modules = [] }: StateModule): Generator<PlanPart> {
  yield* resources.map(stateOf);
  for (const module of child_modules) {
    yield* stateInModule(module);
  }
}

const CAUSES: Readonly<Record<string, string>> = {
  EISDIR: "this is a folder, which must be the only argument",
  ENOENT: "no such file",
};

function reason(error: unknown): string {
  if (error instanceof SyntaxError) {
    return "the JSON is invalid"; // V8's message quotes the text, which may contain secrets
  }
  const { message, code } = error as NodeJS.ErrnoException;
  if (error instanceof JsonError || error instanceof ShapeError || code === undefined) {
    return message;
  }
  return CAUSES[code] ?? `cannot be read (${code})`;
}
