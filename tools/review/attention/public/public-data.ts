import type { Finding } from "../../model.ts";
import type { Subject } from "../../subject.ts";
import { entryOf } from "../../values/entry.ts";
import { at, equal, isNothing, listOf, type Value } from "../../values/value.ts";
import { isBucketDestroyed, leavesBucket } from "../bucket.ts";
import type { PlanContext } from "../context.ts";
import {
  becomes,
  created,
  either,
  gains,
  gone,
  missingAtCreation,
  newly,
  off,
  offAtCreation,
  type Row,
  rows,
} from "../table.ts";
import { list, text } from "../text.ts";

// Data that everyone can read.

const PRIVACY = ["admin_privacy", "billing_privacy", "registrant_privacy", "tech_privacy"];
const BLOCK = "Nothing prevents a policy or ACL that makes a bucket public.";

export const PUBLIC_DATA: readonly Row[] = [
  ...["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"].map(
    (argument): Row => ({
      types: ["aws_s3_bucket_public_access_block", "aws_s3_account_public_access_block"],
      path: [argument],
      worse: either(off, missingAtCreation),
      severity: "danger",
      meaning: BLOCK,
    }),
  ),
  ...rows("danger", BLOCK, either(off, offAtCreation), {
    aws_s3_access_point: [
      "public_access_block_configuration.0.block_public_acls",
      "public_access_block_configuration.0.block_public_policy",
      "public_access_block_configuration.0.ignore_public_acls",
      "public_access_block_configuration.0.restrict_public_buckets",
    ],
    aws_s3control_multi_region_access_point: [
      "details.0.public_access_block.0.block_public_acls",
      "details.0.public_access_block.0.block_public_policy",
      "details.0.public_access_block.0.ignore_public_acls",
      "details.0.public_access_block.0.restrict_public_buckets",
    ],
  }),
  ...rows("danger", "Anyone can read the object.", becomes("authenticated-read", "public-read", "public-read-write"), {
    aws_s3_object: "acl",
    aws_s3_object_copy: "acl",
  }),
  ...rows("danger", "Anyone can read the objects that it writes.", becomes("public-read", "public-read-write"), {
    aws_storagegateway_nfs_file_share: "object_acl",
    aws_storagegateway_smb_file_share: "object_acl",
  }),
  ...rows("caution", "Everyone who knows the password for guests can use the share.", becomes("GuestAccess"), {
    aws_storagegateway_smb_file_share: "authentication",
  }),
  ...rows("danger", "Anyone can start instances from its images and read their content.", gains("all"), {
    aws_imagebuilder_distribution_configuration:
      "distribution.*.ami_distribution_configuration.0.launch_permission.0.user_groups",
  }),
  {
    types: ["aws_s3_bucket", "aws_s3_bucket_acl"],
    path: ["acl"],
    worse: (before, after) =>
      before !== "public-read-write" && becomes("authenticated-read", "public-read")(before, after),
    severity: "danger",
    meaning: "Anyone can read the objects in the bucket.",
  },
  {
    types: ["aws_s3_bucket", "aws_s3_bucket_acl"],
    path: ["acl"],
    worse: becomes("public-read-write"),
    severity: "danger",
    meaning: "Anyone can read, overwrite, and delete the objects in the bucket.",
  },
  ...rows(
    "note",
    "Its public objects are served as a website, without TLS.",
    newly((side) => !isNothing(side)),
    {
      aws_s3_bucket: "website.0.index_document",
      aws_s3_bucket_website_configuration: "index_document",
    },
  ),
  ...rows("danger", "It can be used from outside of the network.", gone, { aws_s3_access_point: "vpc_configuration" }),
  ...rows("danger", "Snapshots can be shared with everyone.", becomes("unblocked"), {
    aws_ebs_snapshot_block_public_access: "state",
  }),
  ...rows(
    "danger",
    "Snapshots that were shared with everyone before can be read again.",
    (before, after) => before === "block-all-sharing" && after === "block-new-sharing",
    { aws_ebs_snapshot_block_public_access: "state" },
  ),
  ...rows("danger", "Images can be shared with everyone.", becomes("unblocked"), {
    aws_ec2_image_block_public_access: "state",
  }),
  {
    types: ["aws_ssm_service_setting"],
    path: ["setting_value"],
    worse: (_before, after, { after: whole }) =>
      after === "Enable" && /\/public-sharing-permission$/.test(String(at(whole, "setting_id"))),
    severity: "danger",
    meaning: "Documents can be shared with everyone.",
  },
  ...rows("caution", "Anyone can read its code.", created(becomes("public")), { github_repository: "visibility" }),
  ...rows("danger", "Anyone on the internet can read the results and logs of builds.", becomes("PUBLIC_READ"), {
    aws_codebuild_project: "project_visibility",
  }),
  {
    types: ["aws_ami_launch_permission"],
    path: ["group"],
    worse: becomes("all"),
    severity: "danger",
    meaning: "Anyone can start instances from the image and read its content.",
  },
  {
    types: ["aws_ecrpublic_repository"],
    path: ["repository_name"],
    worse: (before) => before === undefined,
    severity: "caution",
    meaning: "Anyone can pull its images.",
  },
  ...rows("caution", "Contact details of the owner become public.", off, {
    aws_route53domains_domain: PRIVACY,
    aws_route53domains_registered_domain: PRIVACY,
  }),
];

/** The finding about a block of public access that no longer protects its bucket or account, if it is one. */
export function unblockedBucket(subject: Subject, context: PlanContext): readonly Finding[] | undefined {
  const { type, action, before } = subject;
  if (
    action === "destroy" &&
    (type === "aws_s3_account_public_access_block" ||
      (type === "aws_s3_bucket_public_access_block" && !isBucketDestroyed(subject, context)))
  ) {
    return [{ severity: "danger", text: [...text`${type} is destroyed.`, ` ${BLOCK}`] }];
  }
  if (type === "aws_s3_bucket_public_access_block" && leavesBucket(subject, context)) {
    return [
      { severity: "danger", text: [...text`${type} leaves the bucket ${at(before, "bucket") ?? null}. `, BLOCK] },
    ];
  }
  return undefined;
}

const ALL_USERS = /\/global\/(AllUsers|AuthenticatedUsers)$/;

/** Objects that an ACL grants access to, by type. */
const WITH_GRANTS: Readonly<Record<string, string>> = {
  aws_s3_bucket: "the bucket",
  aws_s3_bucket_acl: "the bucket",
  aws_s3_bucket_logging: "the log files",
  aws_s3_object_copy: "the object",
};

/** ACL grants of a bucket, inline or in a separate resource, and those of its logs and of a copied object. */
export function publicGrants({ type, before, after }: Subject): readonly Finding[] {
  const what = entryOf(WITH_GRANTS, type);
  if (what === undefined) {
    return [];
  }
  const grants = (side: Value | undefined) => [
    ...listOf(at(side, "grant")),
    ...listOf(at(side, "target_grant")),
    ...listOf(at(side, "access_control_policy", 0, "grant")),
  ];
  const had = grants(before);
  const added = grants(after).filter((grant) => !had.some((other) => equal(other, grant)));
  const grantee = (grant: Value, name: string) => at(grant, name) ?? at(grant, "grantee", 0, name);
  const owner = at(after, "access_control_policy", 0, "owner", 0, "id");
  const others = added
    .map((grant) => grantee(grant, "id") || grantee(grant, "email_address"))
    .filter((id) => typeof id === "string" && id !== owner && had.length > 0) as string[];
  return [
    ...(added.some((grant) => ALL_USERS.test(String(grantee(grant, "uri"))))
      ? [{ severity: "danger" as const, text: [`An ACL grants access to everyone: anyone can use ${what}.`] }]
      : []),
    ...(others.length === 0
      ? []
      : [
          { severity: "caution" as const, text: [...text`An ACL grants access to the account `, ...list(others), "."] },
        ]),
  ];
}
