import type { Finding } from "../model.ts";
import type { Subject } from "../subject.ts";
import { entryOf } from "../values/entry.ts";
import { at, changedAttributes, type Fields, isFields, isNothing, type Value } from "../values/value.ts";
import { oncePerPlan, type PlanContext, reading } from "./context.ts";
import { identifierKey, identifiersOf } from "./identifiers.ts";
import { text } from "./text.ts";

// Settings that move between an argument of a resource and a resource of their own. They are compared across both forms.

interface Form {
  /** Type of the resource with the argument. */
  readonly of: string;
  /** The argument with which the separate resource names the other one. */
  readonly holder: string;
  readonly argument: string;
  /** The block inside the argument that has the same form in the separate resource. */
  readonly block?: string;
  /** The argument of the separate resource with the same values, if it has another name. */
  readonly renamed?: string;
}

const POLICY = "policy";

/** By the type of the separate resource. */
const FORMS: Readonly<Record<string, Form>> = {
  aws_api_gateway_rest_api_policy: { of: "aws_api_gateway_rest_api", holder: "rest_api_id", argument: POLICY },
  aws_elasticsearch_domain_policy: {
    of: "aws_elasticsearch_domain",
    holder: "domain_name",
    argument: "access_policies",
  },
  aws_kms_key_policy: { of: "aws_kms_key", holder: "key_id", argument: POLICY },
  aws_opensearch_domain_policy: { of: "aws_opensearch_domain", holder: "domain_name", argument: "access_policies" },
  aws_redshift_logging: { of: "aws_redshift_cluster", holder: "cluster_identifier", argument: "logging" },
  aws_s3_bucket_acl: { of: "aws_s3_bucket", holder: "bucket", argument: "acl" },
  aws_s3_bucket_cors_configuration: { of: "aws_s3_bucket", holder: "bucket", argument: "cors_rule" },
  aws_s3_bucket_lifecycle_configuration: {
    of: "aws_s3_bucket",
    holder: "bucket",
    argument: "lifecycle_rule",
    renamed: "rule",
  },
  aws_s3_bucket_logging: { of: "aws_s3_bucket", holder: "bucket", argument: "logging" },
  aws_s3_bucket_object_lock_configuration: {
    of: "aws_s3_bucket",
    holder: "bucket",
    argument: "object_lock_configuration",
    block: "rule",
  },
  aws_s3_bucket_policy: { of: "aws_s3_bucket", holder: "bucket", argument: POLICY },
  aws_s3_bucket_replication_configuration: {
    of: "aws_s3_bucket",
    holder: "bucket",
    argument: "replication_configuration",
  },
  aws_s3_bucket_server_side_encryption_configuration: {
    of: "aws_s3_bucket",
    holder: "bucket",
    argument: "server_side_encryption_configuration",
    block: "rule",
  },
  aws_s3_bucket_versioning: { of: "aws_s3_bucket", holder: "bucket", argument: "versioning" },
  aws_s3_bucket_website_configuration: { of: "aws_s3_bucket", holder: "bucket", argument: "website" },
  aws_secretsmanager_secret_policy: { of: "aws_secretsmanager_secret", holder: "secret_arn", argument: POLICY },
  aws_sns_topic_policy: { of: "aws_sns_topic", holder: "arn", argument: POLICY },
  aws_sqs_queue_policy: { of: "aws_sqs_queue", holder: "queue_url", argument: POLICY },
  aws_sqs_queue_redrive_policy: { of: "aws_sqs_queue", holder: "queue_url", argument: "redrive_policy" },
  aws_vpc_endpoint_policy: { of: "aws_vpc_endpoint", holder: "vpc_endpoint_id", argument: POLICY },
};

const PARENTS: ReadonlyMap<string, readonly (readonly [type: string, form: Form])[]> = Map.groupBy(
  Object.entries(FORMS),
  ([, form]) => form.of,
);

/** A resource as if its settings had always been in the form that they have after the change. */
export function inOneForm(subject: Subject, context: PlanContext): Subject {
  const form = entryOf(FORMS, subject.type);
  if (form !== undefined) {
    return subject.action === "create" ? asSeparate(subject, form, context) : subject;
  }
  return subject.action === "update" ? asArguments(subject, PARENTS.get(subject.type) ?? [], context) : subject;
}

/** A new separate resource with the values before the change that the other resource loses. */
function asSeparate(subject: Subject, { holder, argument, block, renamed }: Form, context: PlanContext): Subject {
  const lost = lostBy(context).get(identifierKey(subject.type, at(subject.after, holder)));
  const value = block === undefined ? lost : at(lost, 0, block);
  const name = block ?? renamed ?? argument;
  // Most blocks have other arguments than the separate resource.
  return value === undefined || at(subject.after, name) === undefined
    ? subject
    : withBefore(subject, { [name]: value }, "update");
}

/**
 * A resource that hands settings to separate resources or takes them over: the former do not change, and the latter had the values of
 * the separate resources before.
 */
function asArguments(subject: Subject, forms: readonly (readonly [string, Form])[], context: PlanContext): Subject {
  const { before, after, changed, action } = subject;
  const values = forms
    .filter(([, { argument }]) => changed.includes(argument))
    .flatMap(([type, form]): [string, Value][] => {
      const keys = identifiersOf(before).map((identifier) => identifierKey(type, identifier));
      const value = at(after, form.argument) ?? null;
      if (isNothing(value)) {
        return keys.some((key) => createdFor(context).has(key)) ? [[form.argument, value]] : [];
      }
      const was = isNothing(at(before, form.argument)) ? takenOver(keys, form, context) : undefined;
      return was === undefined ? [] : [[form.argument, was]];
    });
  return values.length === 0 ? subject : withBefore(subject, Object.fromEntries(values), action);
}

/** The values of a destroyed separate resource in the form of the argument. */
function takenOver(keys: readonly string[], form: Form, context: PlanContext): Value | undefined {
  const { argument, block, renamed } = form;
  const old = keys.map((key) => destroyedOf(context).get(key)).find((found) => found !== undefined);
  const was = at(old, block ?? renamed ?? argument);
  return was === undefined || block === undefined ? was : [{ [block]: was }];
}

/** The finding about a destroyed separate resource whose settings an argument continues. Terraform sets the argument afterward. */
export function continuedByArgument(subject: Subject, context: PlanContext): Finding | undefined {
  const { type, action, before } = subject;
  const form = action === "destroy" ? entryOf(FORMS, type) : undefined;
  return form !== undefined && gainedBy(context).has(holderKey(type, before))
    ? { severity: "note", text: text`${type} is destroyed. Its settings continue in ${form.argument} of ${form.of}.` }
    : undefined;
}

/** Other values before the change. Without those of a separate resource, its own arguments are the ones after the change. */
function withBefore(subject: Subject, values: Fields, action: Subject["action"]): Subject {
  const { configured, after, revealed } = subject;
  const old = subject.before ?? after;
  const before: Value = { ...(isFields(old) ? old : {}), ...values };
  const changed = changedAttributes({ before, after });
  return { ...subject, before, after, action, changed, revealed, configured, release: () => subject.release() };
}

/** Values that resources lose, by the type of the separate resource and the holder. */
const lostBy = oncePerPlan((context) => {
  const read = reading((subject: Subject) =>
    (PARENTS.get(subject.type) ?? []).flatMap(([type, { argument }]): [string, Value][] => {
      const value = at(subject.before, argument) ?? null;
      return isNothing(value) || !isNothing(at(subject.after, argument))
        ? []
        : identifiersOf(subject.before).map((key) => [identifierKey(type, key), value]);
    }),
  );
  return new Map(updatedParents(context).flatMap(read));
});

/** Types of the separate resources whose settings an argument of an updated resource gets or changes, with the holder. */
const gainedBy = oncePerPlan((context) => {
  const read = reading(({ type, before, after, changed }: Subject) =>
    (PARENTS.get(type) ?? [])
      .filter(([, { argument }]) => changed.includes(argument) && !isNothing(at(after, argument)))
      .flatMap(([separate]) => identifiersOf(before).map((identifier) => identifierKey(separate, identifier))),
  );
  return new Set(updatedParents(context).flatMap(read));
});

function updatedParents(context: PlanContext): readonly Subject[] {
  return context.ofType(...PARENTS.keys()).filter(({ action }) => action === "update");
}

/** Holders of the separate resources that the plan creates. */
const createdFor = oncePerPlan((context) => {
  const created = context.ofType(...Object.keys(FORMS)).filter(({ action }) => action === "create");
  return new Set(created.map(reading(({ type, after }) => holderKey(type, after))));
});

/** The separate resources that the plan destroys, by their holder. */
const destroyedOf = oncePerPlan((context) => {
  const destroyed = context.ofType(...Object.keys(FORMS)).filter(({ action }) => action === "destroy");
  return new Map(destroyed.map(reading(({ type, before }) => [holderKey(type, before), before])));
});

function holderKey(type: string, side: Value | undefined): string {
  return identifierKey(type, at(side, entryOf(FORMS, type)?.holder ?? ""));
}
