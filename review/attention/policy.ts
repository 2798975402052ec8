import { at, isFields, isList, listOf, UNKNOWN, type Value } from "../value.ts";

// What a policy document says, as far as widening goes.
// Source: "IAM JSON policy element reference" in the IAM user guide.

export interface Statement {
  readonly effect: "Allow" | "Deny";
  /** Patterns with `*` and `?`, or one that begins with `everything but`. */
  readonly actions: readonly string[];
  /** Likewise. In the policy of a resource `*` means that resource. */
  readonly resources: readonly string[];
  /** Such as `Service ecs-tasks.amazonaws.com`; `*` is anybody. Empty in the policy of an identity, which is its own principal. */
  readonly principals: readonly string[];
  readonly condition: Value | undefined;
}

/** A policy document inside a resource. */
export interface Policy {
  readonly path: string;
  readonly statements: readonly Statement[];
}

/** Every policy document in a resource, by the attribute that holds it; `aws_iam_policy_document` is one as a whole. */
export function policiesOf(type: string, resource: Value | undefined): readonly Policy[] {
  if (type === "aws_iam_policy_document") {
    return [{ path: "statement", statements: listOf(at(resource, "statement")).flatMap(fromBlock) }];
  }
  return find("", resource);
}

function find(path: string, value: Value | undefined): readonly Policy[] {
  if (isFields(value)) {
    if (isStatement(listOf(at(value, "Statement"))[0])) {
      return [{ path, statements: listOf(at(value, "Statement")).flatMap(fromJson) }];
    }
    return Object.entries(value).flatMap(([name, inner]) => find(path === "" ? name : `${path}.${name}`, inner));
  }
  return isList(value) ? value.flatMap((inner, index) => find(`${path}[${nameOf(inner) ?? index}]`, inner)) : [];
}

function isStatement(value: Value | undefined): boolean {
  const effect = at(value, "Effect");
  return effect === "Allow" || effect === "Deny";
}

function nameOf(value: Value): string | undefined {
  const name = at(value, "name");
  return typeof name === "string" ? name : undefined;
}

function fromJson(statement: Value): readonly Statement[] {
  if (!isStatement(statement)) {
    return [];
  }
  const patterns = (name: string) => [...strings(at(statement, name)), ...allBut(at(statement, `Not${name}`))];
  return [
    {
      effect: at(statement, "Effect") as Statement["effect"],
      actions: patterns("Action"),
      resources: patterns("Resource"),
      principals: at(statement, "NotPrincipal") === undefined ? principalsIn(at(statement, "Principal")) : ["*"],
      condition: at(statement, "Condition"),
    },
  ];
}

/** A `statement` block of Terraform's own `aws_iam_policy_document`. */
function fromBlock(block: Value): readonly Statement[] {
  const patterns = (name: string) => [...strings(at(block, name)), ...allBut(at(block, `not_${name}`))];
  const effect = at(block, "effect") === "Deny" ? "Deny" : "Allow";
  const isOpen = at(block, "resources") === UNKNOWN || listOf(at(block, "resources")).includes(UNKNOWN);
  return [
    {
      effect,
      actions: patterns("actions"),
      // What is not known yet counts in favour of the change: it allows nothing more, and refuses nothing less.
      resources: effect === "Deny" && isOpen ? ["*"] : patterns("resources"),
      principals: listOf(at(block, "principals")).flatMap((principal) =>
        strings(at(principal, "identifiers")).map((who) => principalName(String(at(principal, "type")), who)),
      ),
      condition: listOf(at(block, "condition")).length > 0 ? at(block, "condition") : undefined,
    },
  ];
}

function principalsIn(principal: Value | undefined): readonly string[] {
  if (isFields(principal)) {
    return Object.entries(principal).flatMap(([kind, who]) => strings(who).map((one) => principalName(kind, one)));
  }
  return strings(principal);
}

/** An account may be written as its number or as its root. */
function principalName(kind: string, who: string): string {
  if (who === "*" && kind !== "Service" && kind !== "Federated") {
    return "*";
  }
  return `${kind} ${/^\d{12}$/.test(who) ? `arn:aws:iam::${who}:root` : who}`;
}

/** What is not known yet is left out: it can be judged only when it is. */
function strings(value: Value | undefined): readonly string[] {
  return listOf(value).filter((item) => typeof item === "string");
}

const ALL_BUT = "everything but ";

function allBut(excepted: Value | undefined): readonly string[] {
  const names = strings(excepted);
  return names.length === 0 ? [] : [ALL_BUT + names.toSorted().join(", ")];
}

/** True for everything, or everything of a service. */
export function isWildcard(pattern: string): boolean {
  return pattern.startsWith(ALL_BUT) || /^([^:]+:)?[*?]+$/.test(pattern);
}

/** True when every name that one of the patterns `narrow` fits, one of `wide` fits as well. Letter case does not count. */
export function covered(wide: readonly string[], narrow: readonly string[]): boolean {
  return narrow.every((inner) => wide.some((outer) => covers(outer.toLowerCase(), inner.toLowerCase())));
}

function covers(outer: string, inner: string): boolean {
  const isPlain = !outer.startsWith(ALL_BUT) && !inner.startsWith(ALL_BUT);
  return outer === inner || outer === "*" || (isPlain && matches(outer, inner));
}

/** Takes no more steps than the product of both lengths, whatever the patterns are. */
function matches(outer: string, inner: string): boolean {
  let [position, star, resume] = [0, -1, 0];
  for (let index = 0; index < inner.length; ) {
    if (outer[position] === "*") {
      star = position++;
      resume = index;
    } else if (outer[position] === inner[index] || (outer[position] === "?" && inner[index] !== "*")) {
      position++;
      index++;
    } else if (star >= 0) {
      position = star + 1;
      index = ++resume;
    } else {
      return false;
    }
  }
  return /^\**$/.test(outer.slice(position));
}
