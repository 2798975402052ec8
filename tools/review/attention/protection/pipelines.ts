import type { Subject } from "../../subject.ts";
import { at, equal, isFields, isNothing, listOf, type Value } from "../../values/value.ts";
import {
  becomes,
  changed,
  created,
  either,
  existing,
  fewer,
  gone,
  isOn,
  leaves,
  more,
  off,
  on,
  type Row,
  rows,
  type Side,
  shorterList,
  smaller,
  weaker,
} from "../table.ts";

// Safeguards of builds and releases: what starts them, what they wait for, and what stops them.

export const PIPELINES: readonly Row[] = [
  ...rows("caution", "Builds run the code of another repository.", changed, {
    aws_codebuild_project: "source.0.location",
  }),
  ...rows("caution", "Builds run other commands.", existing(isOtherScript), {
    aws_codebuild_project: "source.0.buildspec",
  }),
  ...rows("caution", "Builds may control the host's containers.", existing(on), {
    aws_codebuild_project: "environment.0.privileged_mode",
  }),
  ...rows("caution", "Builds lose their network, and with it its private addresses and firewalls.", gone, {
    aws_codebuild_project: "vpc_config",
  }),
  ...rows("danger", "Builds accept any certificate of the source's server.", on, {
    aws_codebuild_project: "source.0.insecure_ssl",
  }),
  ...rows(
    "danger",
    "Any change that anyone proposes starts a build.",
    either(
      gone,
      created((_before, after) => isNothing(after)),
    ),
    { aws_codebuild_webhook: "filter_group" },
  ),
  ...rows(
    "caution",
    "Anyone who can open a pull request starts a build that has the permissions of the project.",
    newlyForAnyone,
    { aws_codebuild_webhook: "filter_group" },
  ),
  ...rows(
    "caution",
    "Builds may start for other changes than before.",
    existing(
      (before, after, subject) =>
        !isNothing(before) && !isNothing(after) && startsMore(before, after) && !newlyForAnyone(before, after, subject),
    ),
    { aws_codebuild_webhook: "filter_group" },
  ),
  ...rows(
    "danger",
    "Pull requests of fewer people wait for an approval before they are built.",
    weaker("DISABLED", "FORK_PULL_REQUESTS", "ALL_PULL_REQUESTS"),
    { aws_codebuild_webhook: "pull_request_build_policy.0.requires_comment_approval" },
  ),
  ...rows("danger", "More people can approve builds of pull requests, and need no approval.", existing(more), {
    aws_codebuild_webhook: "pull_request_build_policy.0.approver_roles",
  }),
  ...rows("caution", "Releases are built from another source.", existing(otherSources), { aws_codepipeline: "stage" }),
  ...rows("danger", "Releases no longer wait for an approval.", existing(losesApproval), { aws_codepipeline: "stage" }),
  ...rows("caution", "Every new image or commit is deployed at once.", existing(on), {
    aws_apprunner_service: "source_configuration.0.auto_deployments_enabled",
  }),
  ...rows("caution", "Resources of the stack change, which this review does not evaluate.", existing(changed), {
    aws_cloudformation_stack: ["template_body", "template_url"],
    aws_cloudformation_stack_set: ["template_body", "template_url"],
    aws_serverlessapplicationrepository_cloudformation_stack: "semantic_version",
  }),
  ...rows("caution", "The stack may create roles and policies.", existing(gainsIam), {
    aws_cloudformation_stack: "capabilities",
    aws_cloudformation_stack_set: "capabilities",
  }),
  ...rows("caution", "New tasks get requests without a test before.", leaves("BLUE_GREEN", "CANARY", "LINEAR"), {
    aws_ecs_service: "deployment_configuration.0.strategy",
  }),
  ...rows("caution", "New tasks get requests without the check of the hook.", shorterList, {
    aws_ecs_service: "deployment_configuration.0.lifecycle_hook",
  }),
  ...rows("caution", "Releases skip a step that they had.", existing(fewerSteps), { aws_codepipeline: "stage" }),
  ...rows("caution", "A failed stage is not rolled back automatically.", leaves("ROLLBACK"), {
    aws_codepipeline: "stage.*.on_failure.0.result",
  }),
  ...rows("caution", "The stage no longer waits for its conditions.", gone, {
    aws_codepipeline: ["stage.*.before_entry", "stage.*.on_success"],
  }),
  ...rows("danger", "Anyone who knows the address can start the pipeline.", becomes("UNAUTHENTICATED"), {
    aws_codepipeline_webhook: "authentication",
  }),
  ...rows("danger", "Changes need fewer approvals.", smaller, {
    aws_codecommit_approval_rule_template: "content.Statements.*.NumberOfApprovalsNeeded",
  }),
  ...rows("caution", "A failed change of the stack is not rolled back.", existing(on), {
    aws_cloudformation_stack: "disable_rollback",
  }),
  ...rows("caution", "A failed release is not rolled back automatically.", off, {
    aws_autoscaling_group: "instance_refresh.0.preferences.0.auto_rollback",
    aws_codedeploy_deployment_group: "auto_rollback_configuration.0.enabled",
  }),
  ...rows("caution", "A release is rolled back in fewer cases.", whileOn("auto_rollback_configuration"), {
    aws_codedeploy_deployment_group: "auto_rollback_configuration.0.events",
  }),
  ...rows("caution", "Alarms no longer stop a release.", off, {
    aws_codedeploy_deployment_group: "alarm_configuration.0.enabled",
  }),
  ...rows("caution", "Fewer alarms stop a release.", whileOn("alarm_configuration"), {
    aws_codedeploy_deployment_group: "alarm_configuration.0.alarms",
  }),
  ...rows("caution", "A release goes on if the state of its alarms is not known.", on, {
    aws_codedeploy_deployment_group: "alarm_configuration.0.ignore_poll_alarm_failure",
  }),
  ...rows("note", "After a release, less time remains to return to the old tasks at once.", smaller, {
    aws_codedeploy_deployment_group:
      "blue_green_deployment_config.0.terminate_blue_instances_on_deployment_success.0.termination_wait_time_in_minutes",
  }),
];

/** True for the text of a buildspec; a path to one says nothing about its content. */
function isOtherScript(before: Side, after: Side): boolean {
  const isText = (buildspec: Side) =>
    isFields(buildspec) || (typeof buildspec === "string" && buildspec.includes("\n"));
  return isText(before) && isText(after);
}

/**
 * A group for pull requests without a filter of their authors. In a public repository, forks can open them. Source: "Filter
 * GitHub webhook events" and "Pull request comment approval" in the CodeBuild user guide.
 */
function newlyForAnyone(before: Side, after: Side, { before: old, after: webhook }: Subject): boolean {
  return isForAnyone(after) && !waitsForApproval(webhook) && !(isForAnyone(before) && !waitsForApproval(old));
}

function isForAnyone(groups: Side): boolean {
  return listOf(groups).some(
    (group) =>
      filtersOf(group).some(({ type, patterns }) => type === "EVENT" && patterns.some((one) => OPENED.includes(one))) &&
      !filtersOf(group).some(({ type, isExcluded }) => type === "ACTOR_ACCOUNT_ID" && !isExcluded),
  );
}

const OPENED = ["PULL_REQUEST_CREATED", "PULL_REQUEST_REOPENED", "PULL_REQUEST_UPDATED"];

function waitsForApproval(webhook: Value | undefined): boolean {
  const approval = at(webhook, "pull_request_build_policy", 0, "requires_comment_approval");
  return !isNothing(approval) && approval !== "DISABLED";
}

/** True if a group, all of whose filters must match, admits more than each of the groups before. */
function startsMore(before: Side, after: Side): boolean {
  return listOf(after).some((group) => !listOf(before).some((old) => isWithin(group, old)));
}

function isWithin(group: Value, old: Value): boolean {
  return filtersOf(old).every((filter) => filtersOf(group).some((other) => isAsNarrow(other, filter)));
}

interface Filter {
  readonly type: Value | undefined;
  /** Events, or one regular expression. */
  readonly patterns: readonly string[];
  readonly isExcluded: boolean;
}

function filtersOf(group: Value): readonly Filter[] {
  return listOf(at(group, "filter")).map((filter) => {
    const [type, pattern] = [at(filter, "type"), String(at(filter, "pattern") ?? "")];
    const patterns = type === "EVENT" ? pattern.split(/\s*,\s*/) : [pattern];
    return { type, patterns, isExcluded: isOn(at(filter, "exclude_matched_pattern")) };
  });
}

function isAsNarrow(one: Filter, other: Filter): boolean {
  const [inner, outer] = one.isExcluded ? [other, one] : [one, other];
  return (
    one.type === other.type &&
    one.isExcluded === other.isExcluded &&
    inner.patterns.every((pattern) => outer.patterns.some((wide) => pattern === wide || isAnchored(pattern, wide)))
  );
}

/** True for an expression that only adds anchors to another one, and so matches less. */
function isAnchored(pattern: string, wide: string): boolean {
  return [`^${wide}`, `${wide}$`, `^${wide}$`].includes(pattern) && !wide.includes("|");
}

/** Fewer approvals, or an action that ran only after one and now runs before it. */
function losesApproval(before: Side, after: Side): boolean {
  const approved = approvedActions(before);
  const isEarlier = (action: string) => approved.has(action) && !approvedActions(after).has(action);
  return (
    actionsOf(after, "Approval").length < actionsOf(before, "Approval").length ||
    steps(after).map(nameOfAction).some(isEarlier)
  );
}

/** Names of the actions that run after an approval, in a later stage or later in the same one. */
function approvedActions(stages: Side): ReadonlySet<string> {
  const approved = new Set<string>();
  let isApproved = false;
  for (const stage of listOf(stages)) {
    const actions = listOf(at(stage, "action")).toSorted((one, other) => orderOf(one) - orderOf(other));
    const approval = actions.find((action) => at(action, "category") === "Approval");
    for (const action of actions) {
      if (isApproved || (approval !== undefined && orderOf(action) > orderOf(approval))) {
        approved.add(nameOfAction(action));
      }
    }
    isApproved ||= approval !== undefined;
  }
  return approved;
}

function nameOfAction(action: Value): string {
  return String(at(action, "name"));
}

/** Actions with the same order run at the same time. */
function orderOf(action: Value): number {
  return Number(at(action, "run_order") ?? 1);
}

function otherSources(before: Side, after: Side): boolean {
  return !equal(sources(before), sources(after));
}

/** Repositories and branches of a pipeline. */
function sources(stages: Side): readonly Value[] {
  return actionsOf(stages, "Source").map((action) => at(action, "configuration") ?? null);
}

function fewerSteps(before: Side, after: Side): boolean {
  return steps(after).length < steps(before).length;
}

/** Actions that build, test, invoke, or deploy. */
function steps(stages: Side): readonly Value[] {
  return allActions(stages).filter((action) => !["Approval", "Source"].includes(String(at(action, "category"))));
}

function actionsOf(stages: Side, category: string): readonly Value[] {
  return allActions(stages).filter((action) => at(action, "category") === category);
}

function allActions(stages: Side): readonly Value[] {
  return listOf(stages).flatMap((stage) => listOf(at(stage, "action")));
}

/** A list with fewer elements, in a block that stays on. */
function whileOn(block: string): Row["worse"] {
  return (before, after, subject) => fewer(before, after) && isOn(at(subject.after, block, 0, "enabled"));
}

function gainsIam(before: Side, after: Side): boolean {
  const mayChangeIam = (side: Side) => listOf(side).some((capability) => /_IAM$/.test(String(capability)));
  return mayChangeIam(after) && !mayChangeIam(before);
}
