import { isDeepStrictEqual } from "node:util";
import type { Finding, Text } from "../../model.ts";
import type { Subject } from "../../subject.ts";
import { entryOf } from "../../values/entry.ts";
import { at, isFields, isNothing, listOf, type Value } from "../../values/value.ts";
import { isBucketCreated } from "../bucket.ts";
import type { PlanContext } from "../context.ts";
import { text } from "../text.ts";

// Lifecycle rules that delete objects of an existing bucket earlier than before, or move them to an archive.

/** A deletion from this many days on leaves little time to notice a mistake. */
const SOON_DAYS = 7;

/** The argument with the rules, by type. */
const LIFECYCLE_RULES: Readonly<Record<string, string>> = {
  aws_s3_bucket: "lifecycle_rule",
  aws_s3_bucket_lifecycle_configuration: "rule",
};

/** Objects that one rule deletes. */
interface Deletion {
  readonly isOfOldVersions: boolean;
  /** Days until the deletion, or the date of it. */
  readonly days: number;
  readonly date: string | undefined;
  readonly prefix: string;
  /** Other limits of the rule, such as tags and sizes. */
  readonly limits: readonly (readonly [string, Value])[];
}

export function expirations({ type, before, after }: Subject, context: PlanContext): readonly Finding[] {
  const argument = entryOf(LIFECYCLE_RULES, type);
  if (argument === undefined || after === undefined) {
    return [];
  }
  const isNewBucket =
    before === undefined && (type === "aws_s3_bucket" || isBucketCreated(at(after, "bucket"), context));
  const was = deletionsOf(at(before, argument));
  const added = deletionsOf(at(after, argument)).filter((one) => !was.some((other) => includes(other, one)));
  // Of several rules about the same objects, the earliest one counts.
  const earliest = added.filter((one, index) =>
    added.every(
      (other, position) => position === index || !includes(other, one) || (includes(one, other) && index < position),
    ),
  );
  const archives = archivesIn(at(after, argument)).filter((one) => !archivesIn(at(before, argument)).includes(one));
  return isNewBucket ? [] : [...earliest.map(findingFor), ...archives.map(archiveFinding)];
}

/** Storage classes from which objects must be restored before they can be read. */
const ARCHIVES: readonly unknown[] = ["DEEP_ARCHIVE", "GLACIER"];

/** Archives to which rules move current objects. */
function archivesIn(rules: Value | undefined): readonly Value[] {
  return activeIn(rules)
    .flatMap((rule) => listOf(at(rule, "transition")))
    .map((transition) => at(transition, "storage_class") ?? null)
    .filter((storage) => ARCHIVES.includes(storage));
}

function archiveFinding(archive: Value): Finding {
  return {
    severity: "caution",
    text: text`Objects move to ${archive}: they can be read only after they are restored, which can take hours.`,
  };
}

function findingFor({ isOfOldVersions, days, date, prefix }: Deletion): Finding {
  const objects: Text = prefix === "" ? [] : text` below ${prefix}`;
  const number = [{ shown: days }, days === 1 ? " day" : " days"];
  return {
    severity: date !== undefined || days <= SOON_DAYS ? "danger" : "caution",
    text: isOfOldVersions
      ? ["Old versions of objects", ...objects, " are deleted ", ...number, " after they were replaced."]
      : date === undefined
        ? ["Objects", ...objects, " are deleted permanently after ", ...number, "."]
        : ["Objects", ...objects, ...text` are deleted permanently from ${date} on.`],
  };
}

/** True when a rule deletes all objects of another one, as early or earlier. */
function includes(wide: Deletion, narrow: Deletion): boolean {
  return (
    wide.isOfOldVersions === narrow.isOfOldVersions &&
    (wide.date === undefined ? narrow.date === undefined : wide.date === narrow.date) &&
    wide.days <= narrow.days &&
    narrow.prefix.startsWith(wide.prefix) &&
    wide.limits.every((limit) => narrow.limits.some((other) => isDeepStrictEqual(limit, other)))
  );
}

function deletionsOf(rules: Value | undefined): readonly Deletion[] {
  return activeIn(rules).flatMap((rule) => {
    const scope = scopeOf(rule);
    const current = listOf(at(rule, "expiration")).flatMap((expiration) =>
      deletion(expiration, ["days"], false, scope),
    );
    const old = listOf(at(rule, "noncurrent_version_expiration")).flatMap((expiration) =>
      deletion(expiration, ["noncurrent_days", "days"], true, scope),
    );
    return [...current, ...old];
  });
}

function activeIn(rules: Value | undefined): readonly Value[] {
  return listOf(rules).filter((rule) => at(rule, "status") !== "Disabled" && at(rule, "enabled") !== false);
}

function deletion(
  expiration: Value,
  names: readonly string[],
  isOfOldVersions: boolean,
  scope: Pick<Deletion, "prefix" | "limits">,
): readonly Deletion[] {
  const days = names.map((name) => at(expiration, name)).find((number) => typeof number === "number" && number > 0);
  const date = at(expiration, "date");
  if (typeof date === "string" && date !== "") {
    return [{ ...scope, isOfOldVersions, days: 0, date }];
  }
  return typeof days === "number" ? [{ ...scope, isOfOldVersions, days, date: undefined }] : [];
}

/** The objects that a rule is about, in each form: its own prefix and tags, a filter, or several filters. */
function scopeOf(rule: Value): Pick<Deletion, "prefix" | "limits"> {
  const blocks = [rule, at(rule, "filter", 0), at(rule, "filter", 0, "and", 0)];
  const prefix = blocks.map((block) => at(block, "prefix")).find((one) => typeof one === "string" && one !== "");
  const limits = blocks.flatMap((block) =>
    Object.entries(isFields(block) ? block : {}).filter(
      ([name, value]) => /^(tags?|object_size_\w+)$/.test(name) && !isNothing(value) && value !== 0,
    ),
  );
  return { prefix: typeof prefix === "string" ? prefix : "", limits };
}
