import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { CodebuildProject } from "@cdktf/provider-aws/lib/codebuild-project/index.js";
import { CodebuildReportGroup } from "@cdktf/provider-aws/lib/codebuild-report-group/index.js";
import type { DataAwsIamPolicyDocumentStatement } from "@cdktf/provider-aws/lib/data-aws-iam-policy-document/index.js";
import type { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { Construct } from "constructs";
import { ServiceRole } from "./service-role.ts";

export interface BuildProjectProps {
  readonly name: string;
  readonly account: string;
  readonly description: string;
  /** Path of the buildspec in the source. */
  readonly buildspec: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Lets the build run a Docker daemon, and with it be root of its machine: only to build images. */
  readonly docker: boolean;
  /** Name of the buildspec's test report, when it writes one. */
  readonly report?: string;
  readonly minutes: number;
  readonly artifacts: S3Bucket;
  readonly logRetentionDays: number;
  /** What the build may do besides reading its source, and writing its artifacts, its log and its report. */
  readonly permissions: readonly DataAwsIamPolicyDocumentStatement[];
}

// Our images are for ARM, and so is the machine that builds and tests them.
const MACHINE = {
  type: "ARM_CONTAINER",
  image: "aws/codebuild/amazonlinux-aarch64-standard:3.0",
  computeType: "BUILD_GENERAL1_SMALL",
};

/** A step of a pipeline that runs a buildspec, on ARM, under a role of its own. */
export class BuildProject extends Construct {
  readonly name: string;
  readonly arn: string;

  constructor(scope: Construct, id: string, props: BuildProjectProps) {
    super(scope, id);
    const { name, account, artifacts } = props;
    const logs = new CloudwatchLogGroup(this, "log-group", {
      name: `/aws/codebuild/${name}`,
      retentionInDays: props.logRetentionDays,
    });
    const role = new ServiceRole(this, "role", {
      name,
      service: "codebuild.amazonaws.com",
      account,
      statements: [
        { actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [`${logs.arn}:*`] },
        { actions: ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"], resources: [`${artifacts.arn}/*`] },
        ...(props.report ? [this.mayReport(`${name}-${props.report}`)] : []),
        ...props.permissions,
      ],
    });
    const project = new CodebuildProject(this, "project", {
      name,
      description: props.description,
      serviceRole: role.role.arn,
      buildTimeout: props.minutes,
      source: { type: "CODEPIPELINE", buildspec: props.buildspec },
      artifacts: { type: "CODEPIPELINE" },
      environment: {
        ...MACHINE,
        privilegedMode: props.docker,
        environmentVariable: Object.entries(props.environment).map(([name, value]) => ({ name, value })),
      },
      cache: { type: "LOCAL", modes: ["LOCAL_CUSTOM_CACHE", ...(props.docker ? ["LOCAL_DOCKER_LAYER_CACHE"] : [])] },
      logsConfig: { cloudwatchLogs: { groupName: logs.name } },
      dependsOn: role.policy ? [role.policy] : [],
    });
    this.name = project.name;
    this.arn = project.arn;
  }

  /** @param name project and report, by which CodeBuild finds the group */
  private mayReport(name: string): DataAwsIamPolicyDocumentStatement {
    const group = new CodebuildReportGroup(this, "reports", {
      name,
      type: "TEST",
      deleteReports: true,
      exportConfig: { type: "NO_EXPORT" },
    });
    return {
      actions: ["codebuild:BatchPutTestCases", "codebuild:CreateReport", "codebuild:UpdateReport"],
      resources: [group.arn],
    };
  }
}
