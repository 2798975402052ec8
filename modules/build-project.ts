import { Construct } from "constructs";
import { CloudwatchLogGroup } from "#aws/cloudwatch-log-group";
import { CodebuildProject } from "#aws/codebuild-project";
import { CodebuildReportGroup } from "#aws/codebuild-report-group";
import type { DataAwsIamPolicyDocumentStatement } from "#aws/data-aws-iam-policy-document";
import type { S3Bucket } from "#aws/s3-bucket";
import { ServiceRole } from "./service-role.ts";

export interface BuildProjectProps {
  readonly name: string;
  readonly description: string;
  /** Path of the buildspec in the source. */
  readonly buildspec: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Lets the build run a Docker daemon, which makes it root on its machine. Only for builds of images. */
  readonly docker: boolean;
  /** Name of the buildspec's test report, if it writes one. */
  readonly report?: string;
  readonly minutes: number;
  /** Bucket of the pipeline's artifacts. */
  readonly artifacts: S3Bucket;
  /** False for a build without output artifacts. */
  readonly writesArtifacts: boolean;
  readonly logRetentionDays: number;
  /** Permissions besides reading the source and writing artifacts, the log, and the report. */
  readonly permissions: readonly DataAwsIamPolicyDocumentStatement[];
}

// The images are for ARM, so they are built and tested on ARM.
const MACHINE = {
  type: "ARM_CONTAINER",
  image: "aws/codebuild/amazonlinux-aarch64-standard:4.0",
  computeType: "BUILD_GENERAL1_SMALL",
};

/** A CodeBuild project that runs a buildspec as a step of a pipeline, on ARM and with its own role. */
export class BuildProject extends Construct {
  readonly name: string;
  readonly arn: string;

  constructor(scope: Construct, id: string, props: BuildProjectProps) {
    super(scope, id);
    const { name, artifacts } = props;
    const logs = new CloudwatchLogGroup(this, "log-group", {
      name: `/aws/codebuild/${name}`,
      retentionInDays: props.logRetentionDays,
    });
    const role = new ServiceRole(this, "role", {
      name,
      service: "codebuild.amazonaws.com",
      statements: [
        { actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [`${logs.arn}:*`] },
        {
          actions: ["s3:GetObject", "s3:GetObjectVersion", ...(props.writesArtifacts ? ["s3:PutObject"] : [])],
          resources: [`${artifacts.arn}/*`],
        },
        ...(props.report ? [this.writeReports(`${name}-${props.report}`)] : []),
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
      dependsOn: role.policies,
    });
    this.name = project.name;
    this.arn = project.arn;
  }

  /** @param name `<project>-<report>`, the name by which CodeBuild finds the report group */
  private writeReports(name: string): DataAwsIamPolicyDocumentStatement {
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
