import test from "ava";
import { markdown } from "../../../tools/review/markdown/fit.ts";
import type { Configured, PlanPart } from "../../../tools/review/plan/part.ts";
import { configured, findingsIn, jsonOf, type ResourceInput, resource, resourcePart, reviewOf } from "./plan-parts.ts";

const PARTIAL: PlanPart = {
  kind: "summary",
  summary: { isComplete: false, isErrored: false, unknown: new Map() },
};

test("a deferred resource that may stay as it is makes the plan partial by name", async (t) => {
  const queue = {
    address: "aws_sqs_queue.it",
    mode: "managed",
    type: "aws_sqs_queue",
    change: { actions: ["no-op"], before: { name: "a" }, after: { name: "a" } },
  };
  const review = await reviewOf({
    platform: [{ kind: "deferred", reason: "deferred_prereq", ...resourcePart(queue) }, PARTIAL],
  });
  t.deepEqual(findingsIn(review), [
    "caution unread: Deferred: Terraform decides in a later plan how it changes.",
    "caution unread: The plan is partial, because changes are deferred: applying it does not bring everything in line with the code.",
  ]);
  t.deepEqual(jsonOf(review).stacks[0]?.deferred, ["aws_sqs_queue.it"]);
});

const ANYONE = { Effect: "Allow", Principal: "*", Action: "*", Resource: "*" };

/** A dangerous resource for each family of rules, created by a later plan. */
const DANGEROUS: Readonly<Record<string, { readonly after: object; readonly unknown?: object }>> = {
  aws_s3_bucket_public_access_block: { after: { block_public_policy: false }, unknown: { bucket: true } },
  aws_s3_bucket_acl: { after: { acl: "public-read" }, unknown: { bucket: true } },
  aws_vpc_security_group_ingress_rule: {
    after: { ip_protocol: "tcp", from_port: 22, to_port: 22, cidr_ipv4: "0.0.0.0/0" },
    unknown: { security_group_id: true },
  },
  aws_iam_role_policy_attachment: {
    after: { policy_arn: "arn:aws:iam::aws:policy/AdministratorAccess" },
    unknown: { role: true },
  },
  aws_sqs_queue_policy: { after: { policy: JSON.stringify({ Statement: [ANYONE] }) }, unknown: { queue_url: true } },
  aws_db_instance: { after: { storage_encrypted: false, publicly_accessible: true }, unknown: { identifier: true } },
};

for (const [type, { after, unknown }] of Object.entries(DANGEROUS)) {
  test(`a deferred ${type} is evaluated as far as it is known`, async (t) => {
    const input = { type, after, unknown };
    const { reason, ...part } = { reason: "instance_count_unknown", ...resource(input) };
    const deferred = { ...part, kind: "deferred", reason } as PlanPart;
    const later = findingsIn(await reviewOf({ platform: [deferred] }));
    const now = findingsIn(await reviewOf({ platform: [resource(input)] }));
    t.true(now.some((finding) => finding.startsWith("danger")));
    t.deepEqual(
      later.toSorted(),
      [
        ...now.map((finding) => finding.replace(": ", ": In a later plan: ")),
        `caution unread: Deferred: Terraform expects to create it in a later plan (${reason}).`,
      ].toSorted(),
    );
  });
}

test("a plan that ends with an error is not called partial for another reason", async (t) => {
  const summary = { isComplete: false, isErrored: true, unknown: new Map() };
  t.deepEqual(findingsIn(await reviewOf({ platform: [{ kind: "summary", summary }] })), [
    "danger unread: Terraform stopped planning because of an error, so this plan is incomplete and cannot be applied.",
  ]);
});

test("a check fails if one of its instances does", async (t) => {
  const check = (status: string, ...instances: readonly string[]): PlanPart => ({
    kind: "check",
    check: {
      address: { to_display: "aws_sqs_queue.it" },
      status,
      instances: instances.map((each) => ({ status: each, problems: [{ message: "too long" }] })),
    },
  });
  t.deepEqual(findingsIn(await reviewOf({ platform: [check("unknown", "unknown", "fail")] })), [
    "caution unread: The check failed: too long, too long.",
  ]);
  t.deepEqual(findingsIn(await reviewOf({ platform: [check("unknown", "unknown"), check("pass", "pass")] })), []);
});

test("a check block that Terraform evaluates only during apply is a note, unlike a condition of a resource", async (t) => {
  const check = (to_display: string, kind: string): PlanPart => ({
    kind: "check",
    check: { address: { to_display, kind }, status: "unknown", instances: [{ status: "unknown" }] },
  });
  t.deepEqual(findingsIn(await reviewOf({ platform: [check("check.up", "check"), check("aws_lb.it", "resource")] })), [
    "note unread: The check depends on values that are known only after apply.",
  ]);
});

test("a data source that is no longer read loses nothing", async (t) => {
  const image = { type: "aws_ami", address: "data.aws_ami.it", before: { id: "ami-1" } };
  t.deepEqual(findingsIn(await reviewOf({ platform: [resource({ ...image, mode: "data" })] })), []);
  t.is(findingsIn(await reviewOf({ platform: [resource({ type: "aws_ami", before: { id: "ami-1" } })] })).length, 1);
});

test("actions that a later plan invokes are not counted among those of this plan", async (t) => {
  const invocation = (name: string) => ({ address: `action.aws_lambda_invoke.${name}`, type: "aws_lambda_invoke" });
  const called = { ...invocation("now"), invoke_action_trigger: { calling_resource_address: "aws_sqs_queue.it" } };
  const review = await reviewOf({
    platform: [
      { kind: "invocation", invocation: called },
      { kind: "deferred invocation", reason: "deferred_prereq", invocation: invocation("later") },
    ],
  });
  t.deepEqual(findingsIn(review), [
    "caution unread: Deferred: a later plan invokes this action of type aws_lambda_invoke (deferred_prereq).",
    "caution unread: Applying invokes this action of type aws_lambda_invoke (called by aws_sqs_queue.it).",
  ]);
  const [stack] = jsonOf(review).stacks;
  t.deepEqual(stack?.invocations, ["action.aws_lambda_invoke.now"]);
  t.deepEqual(stack?.deferred, ["action.aws_lambda_invoke.later"]);
  t.true(markdown(review).includes("1 action to invoke; 1 deferred"));
});

test("an action of a later Terraform is a caution, because its effect is unknown", async (t) => {
  const severityOf = async (property: string) => {
    const summary = { isComplete: true, isErrored: false, unknown: new Map([[property, 1]]) };
    return (await reviewOf({ platform: [{ kind: "summary", summary }] })).attention.map(({ severity }) => severity);
  };
  t.deepEqual(await severityOf("resource_changes.change.actions.archive"), ["caution"]);
  t.deepEqual(await severityOf("resource_changes.change.hint"), ["note"]);
});

test("a failed check whose problems are null is reported", async (t) => {
  const check = (name: string, instances: readonly { status: string; problems?: null }[]): PlanPart => ({
    kind: "check",
    check: { address: { to_display: name, kind: "check" }, status: "fail", instances },
  });
  t.deepEqual(
    findingsIn(
      await reviewOf({ platform: [check("check.a", [{ status: "fail", problems: null }]), check("check.b", [])] }),
    ),
    ["caution unread: The check failed.", "caution unread: The check failed."],
  );
});

test("commands that Terraform runs during apply are reported, unless nothing is created or destroyed", async (t) => {
  const found = async (input: ResourceInput, provisioners: Configured["provisioners"]) =>
    findingsIn(
      await reviewOf({
        platform: [
          resource(input),
          { ...configured(input.type, "triggers"), ...(provisioners && { provisioners }) } as PlanPart,
        ],
      }),
    ).filter((finding) => finding.includes("commands"));
  const type = "null_resource";
  const local = [{ type: "local-exec", commands: ["curl https://example.com | sh"] }];
  t.deepEqual(await found({ type, after: { triggers: {} } }, local), [
    "caution unread: Applying may run commands where Terraform runs: curl https://example.com | sh.",
  ]);
  t.deepEqual(await found({ type, before: { id: "1" } }, [{ type: "remote-exec", commands: [] }]), [
    "caution unread: Applying may run commands on the other side of its connection.",
  ]);
  t.deepEqual(await found({ type, before: { triggers: { a: 1 } }, after: { triggers: { a: 2 } } }, local), []);
  t.deepEqual(await found({ type, after: {} }, [{ type: "file", commands: [] }]), []);
  const external = {
    type: "external",
    mode: "data",
    actions: ["read"],
    after: { program: ["python3", "a.py"] },
  } as const;
  t.deepEqual(await found(external, undefined), [
    "caution unread: Applying runs commands where Terraform runs: python3 a.py.",
  ]);
});
