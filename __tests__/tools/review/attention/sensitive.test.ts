import test from "ava";
import { markdown } from "../../../../tools/review/markdown/fit.ts";
import { findingsIn, type ResourceInput, reviewOfResources } from "../plan-parts.ts";

// Dangers in values that Terraform marks as sensitive: they are found, and the values stay hidden.

const ALL = { Effect: "Allow", Action: "*", Resource: "*" };
const CASES: Readonly<Record<string, readonly [resource: ResourceInput, findings: readonly string[]]>> = {
  "a policy": [
    { type: "aws_iam_policy", after: { policy: JSON.stringify({ Statement: [ALL] }) }, sensitive: { policy: true } },
    ["danger access: Allows (sensitive) on every resource."],
  ],
  "a managed policy": [
    {
      type: "aws_iam_role_policy_attachment",
      after: { role: "ci", policy_arn: "arn:aws:iam::aws:policy/AdministratorAccess" },
      sensitive: { policy_arn: true },
    },
    ["danger access: Newly grants all permissions of (sensitive)."],
  ],
  "a range": [
    {
      type: "aws_vpc_security_group_ingress_rule",
      after: { security_group_id: "sg-1", ip_protocol: "tcp", from_port: 22, to_port: 22, cidr_ipv4: "0.0.0.0/0" },
      sensitive: { cidr_ipv4: true },
    },
    ["danger network: Allows (sensitive) from (sensitive): anyone on the internet can connect."],
  ],
  "a switch beside one that is not sensitive": [
    {
      type: "aws_db_instance",
      before: { publicly_accessible: false, deletion_protection: true },
      after: { publicly_accessible: true, deletion_protection: false },
      sensitive: { publicly_accessible: true },
    },
    [
      "danger public: publicly_accessible changes from (sensitive) to (sensitive). Anyone on the internet can reach it.",
      "danger protection: deletion_protection changes from true to false. From then on, one wrong command can delete it.",
    ],
  ],
  "a password that is removed": [
    {
      type: "aws_elasticache_replication_group",
      before: { auth_token: "winter-2025" },
      after: { auth_token: null },
      sensitive: { auth_token: true },
    },
    ["danger protection: auth_token is removed; it was (sensitive). Clients connect without a password."],
  ],
  "a password that is rotated": [
    {
      type: "aws_elasticache_replication_group",
      before: { auth_token: "winter-2025" },
      after: { auth_token: "summer-2026" },
      sensitive: { auth_token: true },
    },
    [],
  ],
};

for (const [title, [resource, findings]] of Object.entries(CASES)) {
  test(`${title} that is sensitive`, async (t) => {
    const review = await reviewOfResources(resource);
    t.deepEqual(findingsIn(review), findings);
    for (const hidden of ["0.0.0.0/0", "AdministratorAccess", "winter-2025", "summer-2026"]) {
      t.false(markdown(review).includes(hidden));
    }
  });
}
