import { child, isObject } from "./object.ts";

// The parts of a value that Terraform marks as unknown or sensitive.

/** The marked parts of a mask of Terraform: `true`, or the fields and elements in which anything is marked. */
export type Marks = true | readonly (Marks | undefined)[] | { readonly [name: string]: Marks } | undefined;

/** Most masks mark nothing, and need not be followed into the value. */
export function marksIn(mask: unknown): Marks {
  if (!isObject(mask)) {
    return mask === true ? true : undefined;
  }
  if (Array.isArray(mask)) {
    let elements: Marks[] | undefined;
    for (let index = 0; index < mask.length; index++) {
      const inner = marksIn(mask[index]);
      if (inner !== undefined) {
        elements ??= new Array(mask.length);
        elements[index] = inner;
      }
    }
    return elements;
  }
  let found: [string, Marks][] | undefined;
  for (const name in mask) {
    const inner = marksIn((mask as Record<string, unknown>)[name]);
    if (inner !== undefined) {
      found ??= [];
      found.push([name, inner]);
    }
  }
  return found && (Object.fromEntries(found) as Marks);
}

/** The union of two masks. */
export function either(one: Marks, other: Marks): Marks {
  if (one === undefined || other === undefined) {
    return one ?? other;
  }
  if (one === true || other === true) {
    return true;
  }
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries(
    [...names].map((name) => [name, either(marksAt(one, name), marksAt(other, name))]),
  ) as Marks;
}

/** A part that only one of two masks marks. */
export interface MarkChange {
  readonly path: readonly (string | number)[];
  readonly mark: "added" | "removed";
}

export function markChanges(before: Marks, after: Marks, path: MarkChange["path"] = []): readonly MarkChange[] {
  if (before === after) {
    return [];
  }
  if (before === true || after === true) {
    return [{ path, mark: after === true ? "added" : "removed" }];
  }
  const isList = Array.isArray(before ?? after);
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...names].flatMap((name) =>
    markChanges(marksAt(before, name), marksAt(after, name), [...path, isList ? Number(name) : name]),
  );
}

export function marksAt(marks: Marks, key: string | number): Marks {
  return marks === undefined ? undefined : (child(marks, key) as Marks);
}
