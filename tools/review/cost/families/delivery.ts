import { blocks, type Context, type Family, type Item, unpriced, type Values } from "../family.ts";

/** Minutes per release: all actions together, and each build project. */
const ACTION_MINUTES = 30;
const BUILD_MINUTES = 5;

export const delivery: Family = {
  name: "Delivery",
  each: {
    aws_codebuild_project: buildMinutes,
    // Version 1 is billed by the pipeline instead of the minute.
    aws_cloudwatch_event_target: ({ ecs_target }) =>
      blocks(ecs_target).length > 0 ? [unpriced("tasks that rules start")] : [],
    aws_codepipeline: (pipeline) => (isOfVersion1(pipeline) ? [unpriced("pipelines of type V1")] : []),
  },
  once: {
    aws_codepipeline: ({ usage: { releases }, prices: { codepipeline } }, pipelines) =>
      pipelines.every(isOfVersion1)
        ? []
        : [
            {
              what: "action-minutes",
              quantity: releases * ACTION_MINUTES,
              price: codepipeline.action,
              assumed: `${ACTION_MINUTES} minutes per release`,
            },
          ],
  },
  unpriced: { aws_codecommit_repository: "person who uses it, beyond the five that are free" },
  free: [
    "aws_cloudwatch_event_rule",
    "aws_codebuild_report_group",
    "aws_codedeploy_app",
    "aws_codedeploy_deployment_group",
    "aws_codestarconnections_connection",
    "aws_codestarnotifications_notification_rule",
  ],
};

function isOfVersion1({ pipeline_type }: Values): boolean {
  return pipeline_type === "V1";
}

function buildMinutes({ environment }: Values, { usage: { releases }, prices: { codebuild } }: Context): Item[] {
  const [{ type, compute_type, fleet } = {}] = blocks(environment);
  if (blocks(fleet).length > 0) {
    return [unpriced("builds on a reserved fleet")];
  }
  const machine = `${type ?? "unknown"} ${compute_type ?? "machine"}`;
  return [
    {
      what: `build-minutes, ${machine}`,
      quantity: releases * BUILD_MINUTES,
      price: codebuild.minutes[machine],
      assumed: `${BUILD_MINUTES} minutes per release in each project`,
    },
  ];
}
