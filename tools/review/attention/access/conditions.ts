import { entryOf } from "../../values/entry.ts";
import { covers as coversRange, isVast } from "../ranges.ts";
import { hasWildcard, matches } from "./patterns.ts";

// Comparison of conditions by the requests that they hold for.
// Source: "IAM JSON policy elements: Condition operators" in the IAM user guide.

/** One operator and key of a statement's `Condition`. */
export interface Condition {
  readonly operator: string;
  /** As written; letter case does not count. */
  readonly key: string;
  /** Sorted. */
  readonly values: readonly string[];
  /** True when a value is known only after apply; such a condition cannot be compared. */
  readonly isPartlyUnknown?: boolean;
}

/** True when `narrow` holds in no more cases than `wide`. */
export function includesConditions(wide: readonly Condition[], narrow: readonly Condition[]): boolean {
  return wide.every((one) => narrow.some((other) => includesCondition(one, other)));
}

export function includesCondition(wide: Condition, narrow: Condition): boolean {
  const [outer, inner] = [operatorOf(wide), operatorOf(narrow)];
  if (!isSameKey(wide, narrow) || outer.isNegative !== inner.isNegative) {
    return false;
  }
  if ((holdsWithoutKey(inner) && !holdsWithoutKey(outer)) || (inner.set !== "" && inner.set !== outer.set)) {
    return false;
  }
  if (wide.isPartlyUnknown || narrow.isPartlyUnknown) {
    return true;
  }
  if (requiresKey(wide)) {
    return inner.name === "null" ? requiresKey(narrow) : !holdsWithoutKey(inner);
  }
  // What a negative operator excludes must include everything that the wider one excludes.
  const covers = entryOf(COMPARISONS, (outer.isNegative ? inner : outer).name) ?? areEqual;
  return outer.isNegative
    ? wide.values.every((value) => narrow.values.some((other) => covers(other, value, inner.name, outer.name)))
    : narrow.values.every((value) => wide.values.some((other) => covers(other, value, outer.name, inner.name)));
}

/** The cases of a condition, one for each value; empty for operators whose values only count together. */
export function byValue(condition: Condition): readonly Condition[] {
  const { isNegative, set } = operatorOf(condition);
  return isNegative || set === "forallvalues" || condition.isPartlyUnknown
    ? []
    : condition.values.map((value) => ({ ...condition, values: [value] }));
}

export function isSameTest(one: Condition, other: Condition): boolean {
  return one.operator.toLowerCase() === other.operator.toLowerCase() && isSameKey(one, other);
}

export function isSameKey(one: Condition, other: Condition): boolean {
  return one.key.toLowerCase() === other.key.toLowerCase();
}

/** A condition operator without its parts, such as `stringlike` for `ForAnyValue:StringNotLikeIfExists`. */
interface Operator {
  readonly name: string;
  readonly isNegative: boolean;
  readonly isIfExists: boolean;
  /** `foranyvalue` or `forallvalues`. */
  readonly set: string;
}

function operatorOf({ operator }: Condition): Operator {
  const [, set = "", name = "", ifExists] = /^(?:(\w+):)?(\w+?)(ifexists)?$/.exec(operator.toLowerCase()) ?? [];
  const positive = name.replace(/^(string|numeric|date|arn)not|^not(?=ipaddress)/, "$1");
  return { name: positive, isNegative: positive !== name, isIfExists: ifExists !== undefined, set };
}

/** True for a `Null` condition that holds for every request with the key. */
function requiresKey(condition: Condition): boolean {
  return operatorOf(condition).name === "null" && condition.values.every((value) => /^false$/i.test(value));
}

/** True for operators that hold for a request without the key. */
function holdsWithoutKey({ isNegative, isIfExists, set }: Operator): boolean {
  return isNegative || isIfExists || set === "forallvalues";
}

/** True when a value of one operator holds for everything that a value of another operator holds for. */
type Comparison = (outer: string, inner: string, outerName: string, innerName: string) => boolean;

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  stringequals: (outer, inner, _name, innerName) =>
    outer === inner && (innerName === "stringequals" || (innerName === "stringlike" && !hasWildcard(inner))),
  stringequalsignorecase: (outer, inner, _name, innerName) =>
    outer.toLowerCase() === inner.toLowerCase() && (innerName !== "stringlike" || !hasWildcard(inner)),
  stringlike: (outer, inner, _name, innerName) =>
    matches(outer, inner) && (innerName !== "stringequalsignorecase" || /^\*+$/.test(outer)),
  arnequals: matches, // the same as ArnLike
  arnlike: matches,
  ipaddress: (outer, inner) => coversRange(rangeOf(outer), rangeOf(inner)),
  numericequals: areSameNumber,
  numericlessthan: isBelow,
  numericlessthanequals: isBelow,
  numericgreaterthan: isAbove,
  numericgreaterthanequals: isAbove,
  dateequals: areSameNumber,
  datelessthan: isBelow,
  datelessthanequals: isBelow,
  dategreaterthan: isAbove,
  dategreaterthanequals: isAbove,
};

function areEqual(outer: string, inner: string, outerName: string, innerName: string): boolean {
  return outerName === innerName && outer.toLowerCase() === inner.toLowerCase();
}

function areSameNumber(outer: string, inner: string, outerName: string, innerName: string): boolean {
  return outerName === innerName && (outer === inner || numberOf(outer) === numberOf(inner));
}

function isBelow(outer: string, inner: string, outerName: string, innerName: string): boolean {
  return isWithin("less", numberOf(inner) - numberOf(outer), outerName, innerName);
}

function isAbove(outer: string, inner: string, outerName: string, innerName: string): boolean {
  return isWithin("greater", numberOf(outer) - numberOf(inner), outerName, innerName);
}

/** `difference` is the distance of the inner limit to the outer one: positive if it is further away. */
function isWithin(direction: string, difference: number, outerName: string, innerName: string): boolean {
  const isOneValue = /^(numeric|date)equals$/.test(innerName);
  const includesLimit = isOneValue || innerName.endsWith("thanequals");
  return (
    (isOneValue || innerName.includes(direction)) &&
    (difference < 0 || (difference === 0 && (outerName.endsWith("thanequals") || !includesLimit)))
  );
}

/** A number, or the milliseconds of a date. */
function numberOf(value: string): number {
  return /^-?[\d.]+$/.test(value) ? Number(value) : Date.parse(value);
}

/** A single address is a range of its own. */
function rangeOf(address: string): string {
  return address.includes("/") ? address : `${address}/${address.includes(":") ? 128 : 32}`;
}

/**
 * Keys of conditions that limit who calls. Others hold for anyone, such as `aws:SecureTransport`, or callers choose them, such
 * as the name of a session. Source: "The meaning of public" in the S3 user guide, and "AWS global condition context keys" in
 * the IAM user guide.
 */
const LIMITS_CALLER =
  /^(aws:Principal(Arn|Account|OrgID|OrgPaths|IsAWSService|ServiceName|ServiceNamesList)|aws:Source(Account|Arn|Ip|OrgID|OrgPaths|Owner|Vpc|VpcArn|Vpce)|aws:Vpce(Account|OrgID|OrgPaths)|aws:userid|sts:ExternalId|kms:CallerAccount|s3:DataAccessPoint(Account|Arn)|elasticfilesystem:AccessedViaMountTarget|cognito-identity\.amazonaws\.com:\w+|sns:Endpoint|.*:(sub|aud|amr))$/i;

/** True if at least one condition holds only for certain callers. */
export function restrictsCaller(conditions: readonly Condition[]): boolean {
  return conditions.some((condition) => {
    const operator = operatorOf(condition);
    return (
      LIMITS_CALLER.test(condition.key) &&
      !holdsWithoutKey(operator) &&
      operator.name !== "null" &&
      !condition.values.some((value) => holdsForAnyone(condition.key, value))
    );
  });
}

/** Keys that say how, where, and when a request is sent, but nothing about the caller or what the request does. */
const INCIDENTAL =
  /^(aws:(CurrentTime|EpochTime|Referer|RequestedRegion|SecureTransport|TokenIssueTime|UserAgent|ViaAWSService)|\w+:(authType|signatureAge|signatureVersion|TlsVersion))$/i;

/** True if at least one condition limits what a permission allows. */
export function limitsPermission(conditions: readonly Condition[]): boolean {
  return conditions.some(({ key, values }) => !INCIDENTAL.test(key) && !values.every((value) => /^\*+$/.test(value)));
}

/** True for conditions that hold for everyone except certain callers, and perhaps services of AWS. */
export function exceptsCallers(conditions: readonly Condition[]): boolean {
  const excepts = (condition: Condition) => LIMITS_CALLER.test(condition.key) && operatorOf(condition).isNegative;
  const isOfService = ({ key, values }: Condition) =>
    /^aws:(PrincipalIsAWSService|ViaAWSService)$/i.test(key) && values.every((value) => /^false$/i.test(value));
  return conditions.some(excepts) && conditions.every((condition) => excepts(condition) || isOfService(condition));
}

/** True for a value that callers from any account can have. */
function holdsForAnyone(key: string, value: string): boolean {
  if (/:SourceIp$/i.test(key)) {
    return /^[*?]+$/.test(value) || isVast(value);
  }
  if (/:PrincipalIsAWSService$/i.test(key)) {
    return !/^true$/i.test(value);
  }
  return /:Endpoint$/i.test(key) ? /^[*?]+$/.test(value) : /^(o-)?[*?]/.test(value) || isArnOfAnyone(value);
}

/** True for an ARN of any account, or of any bucket, whose ARN has no account. */
export function isArnOfAnyone(value: string): boolean {
  const [scheme, , service = "*", , account = "*", resource = "*"] = value.split(":");
  return (
    scheme === "arn" && (hasWildcard(service) || hasWildcard(account) || (account === "" && /^[*?]/.test(resource)))
  );
}

export function inWords(conditions: readonly Condition[]): string {
  return conditions.map(conditionInWords).join(" and ");
}

export function conditionInWords({ operator, key, values }: Condition): string {
  return `${operator} ${key} ${values.join(", ")}`;
}
