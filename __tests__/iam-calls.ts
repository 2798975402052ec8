// Calls that each role makes, by the file or the AWS service that makes them. Each call is an action and a part of its
// resource's ARN, or the end of the ARN if a `$` follows, or `*` for an action without resource-level permissions.
// iam-calls.test.ts compares the calls with the policies.

export interface Caller {
  /** Path of a file in this repository, or the AWS service that assumes the role. */
  readonly by: string;
  readonly calls: readonly string[];
}

const log = (by: string, group: string): Caller => ({
  by,
  calls: [`logs:CreateLogStream ${group}`, `logs:PutLogEvents ${group}`],
});

const pull = (repository: string): readonly string[] =>
  ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"].map(
    (action) => `${action} ${repository}`,
  );

/** Source: "Amazon ECS task execution IAM role", ECS developer guide, and "Pull through cache rules", ECR user guide. */
const execution = (service: string): readonly Caller[] => [
  log("ECS", `${service}_task_log-group`),
  {
    by: "ECS",
    calls: [
      "ecr:GetAuthorizationToken *",
      ...pull(`${service}-images`),
      ...pull("metadata-proxy-images"),
      ...pull("public-images"),
      "ecr:BatchImportUpstreamImage public-images",
      "ecr:CreateRepository public-images",
    ],
  },
];

/** Source: "Amazon ECS task execution IAM role", ECS developer guide. */
const injectSecrets: Caller = {
  by: "ECS",
  calls: [
    "secretsmanager:GetSecretValue secret:shop-AbCdEf$",
    "ssm:GetParameters :parameter/shop/flag$",
    "kms:Decrypt key/1234abcd$",
  ],
};

/** The daemon forwards the SDK's requests. Source: AWSXRayDaemonWriteAccess, AWS managed policy reference. */
const tracing: Caller = {
  by: "X-Ray daemon",
  calls: [
    "xray:PutTraceSegments *",
    "xray:PutTelemetryRecords *",
    "xray:GetSamplingRules *",
    "xray:GetSamplingTargets *",
    "xray:GetSamplingStatisticSummaries *",
  ],
};

/** Source: "IAM permissions for pushing an image", ECR user guide. */
const push = (repository: string): readonly string[] =>
  [
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:CompleteLayerUpload",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
  ].map((action) => `${action} ${repository}`);

const artifacts = (by: string, bucket: string, ...actions: readonly string[]): Caller => ({
  by,
  calls: actions.map((action) => `s3:${action} ${bucket}`),
});

const build = (service: string, parameters: readonly string[]): readonly Caller[] => [
  log("CodeBuild", `${service}-pipeline_build_log-group`),
  artifacts("CodeBuild", `${service}-artifacts`, "GetObject", "GetObjectVersion", "PutObject"),
  {
    by: "CodeBuild",
    calls: ["BatchPutTestCases", "CreateReport", "UpdateReport"].map(
      (action) => `codebuild:${action} ${service}-pipeline_build_reports`,
    ),
  },
  {
    by: "tools/delivery/revision.ts",
    calls: [
      "ecs:DescribeTaskDefinition *",
      ...parameters.map((parameter) => `ssm:GetParameter ${service}_${parameter}`),
    ],
  },
  {
    by: "tools/delivery/registry.ts",
    calls: [
      "ecr:GetAuthorizationToken *",
      ...[service, "metadata-proxy"].flatMap((program) => [
        `ecr:DescribeImages ${program}-images`,
        `ecr:DescribeImageScanFindings ${program}-images`,
      ]),
    ],
  },
  // DescribeImageScanFindings makes these calls with the caller's permissions if the account has enhanced scanning.
  // Source: "IAM permissions required for enhanced scanning in Amazon ECR", Amazon ECR user guide.
  { by: "ECR", calls: ["inspector2:ListCoverage *", "inspector2:ListFindings *"] },
  { by: "Docker", calls: [...push(`${service}-images`), ...push("metadata-proxy-images")] },
];

/** Source: "CodeCommit source action", "CodeBuild action", and "Manage the service role", CodePipeline user guide. */
const pipeline = (service: string): readonly Caller[] => [
  artifacts("CodePipeline", `${service}-artifacts`, "GetObject", "GetObjectVersion", "PutObject"),
  artifacts("CodePipeline", `${service}-artifacts`, "GetBucketVersioning"),
  {
    by: "CodePipeline",
    calls: [
      "codebuild:BatchGetBuilds build_project",
      "codebuild:StartBuild build_project",
      ...["CancelUploadArchive", "GetBranch", "GetCommit", "GetUploadArchiveStatus", "UploadArchive"].map(
        (action) => `codecommit:${action} source_repository`,
      ),
    ],
  },
];

const passTaskRoles = (service: string): readonly string[] => [
  `iam:PassRole ${service}_task_task-role`,
  `iam:PassRole ${service}_task_execution-role`,
];

/** By the path of the role's policy document. */
export const CALLS: Readonly<Record<string, readonly Caller[]>> = {
  "services/like/task/execution-role/document": [...execution("like"), injectSecrets],
  "services/like/task/task-role/document": [tracing],
  "services/monolith/task/execution-role/document": execution("monolith"),
  "services/monolith/task/task-role/document": [
    tracing,
    {
      by: "service/monolith/mysfits-table.ts",
      calls: ["dynamodb:GetItem arn}$", "dynamodb:UpdateItem arn}$", "dynamodb:Scan arn}$", "dynamodb:Query /index/*$"],
    },
  ],
  "network/flow-logs/writer/document": [
    log("VPC", "flow-logs_log-group"),
    { by: "VPC", calls: ["logs:DescribeLogStreams flow-logs_log-group"] },
  ],
  "log-search/log-shipper/role/document": [
    log("Lambda", "log-shipper_log-group"),
    { by: "lambda/log-shipper/dead-letter-queue.ts", calls: ["sqs:SendMessage dead-letters_queue"] },
    {
      by: "lambda/log-shipper/domain.ts",
      calls: [
        "es:ESHttpPost /_bulk",
        "es:ESHttpPost /_ism/add/cwl-*",
        "es:ESHttpGet /_ism/policies/mysfits-cwl-retention",
        "es:ESHttpPut /_ism/policies/mysfits-cwl-retention",
        "es:ESHttpPut /_index_template/mysfits-cwl",
      ],
    },
  ],
  // Source: AmazonOpenSearchServiceCognitoAccess, AWS managed policy reference.
  "log-search/domain/cognito-access/document": [
    {
      by: "OpenSearch Service",
      calls: [
        ...[
          "AdminInitiateAuth",
          "AdminUserGlobalSignOut",
          "CreateUserPoolClient",
          "DeleteUserPoolClient",
          "DescribeUserPool",
          "DescribeUserPoolClient",
          "ListUserPoolClients",
          "UpdateUserPoolClient",
        ].map((action) => `cognito-idp:${action} user-pool`),
        ...["DescribeIdentityPool", "GetIdentityPoolRoles", "UpdateIdentityPool"].map(
          (action) => `cognito-identity:${action} identity-pool`,
        ),
        "cognito-identity:SetIdentityPoolRoles *",
        "iam:PassRole sign-in_admin-role",
        "iam:PassRole sign-in_powerless-role",
      ],
    },
  ],
  "delivery/like-pipeline/build/role/document": build("like", ["revision", "placement"]),
  "delivery/monolith-pipeline/build/role/document": build("monolith", ["revision"]),
  // Source: "Amazon ECS and CodeDeploy blue-green action reference", CodePipeline user guide.
  "delivery/like-pipeline/role/document": [
    ...pipeline("like"),
    {
      by: "CodePipeline",
      calls: [
        "codedeploy:CreateDeployment :deploymentgroup:",
        "codedeploy:GetDeployment :deploymentgroup:",
        "codedeploy:GetDeploymentConfig :deploymentconfig:",
        "codedeploy:GetApplication :application:",
        "codedeploy:GetApplicationRevision :application:",
        "codedeploy:RegisterApplicationRevision :application:",
        "ecs:RegisterTaskDefinition task-definition/mysfits-workshop-like:*",
        ...passTaskRoles("like"),
      ],
    },
  ],
  "delivery/monolith-pipeline/role/document": [
    ...pipeline("monolith"),
    {
      by: "CodePipeline",
      calls: [
        "codebuild:BatchGetBuilds monolith-deployment_project",
        "codebuild:StartBuild monolith-deployment_project",
      ],
    },
  ],
  "delivery/like-pipeline/trigger/role/document": [
    { by: "EventBridge", calls: ["codepipeline:StartPipelineExecution like-pipeline"] },
  ],
  "delivery/monolith-pipeline/trigger/role/document": [
    { by: "EventBridge", calls: ["codepipeline:StartPipelineExecution monolith-pipeline"] },
  ],
  "delivery/monolith-deployment/project/role/document": [
    log("CodeBuild", "monolith-deployment_project_log-group"),
    artifacts("CodeBuild", "monolith-artifacts", "GetObject", "GetObjectVersion"),
    {
      by: "tools/delivery/roll.ts",
      calls: [
        "ecs:DescribeServices monolith_service",
        "ecs:UpdateService monolith_service",
        "ecs:RegisterTaskDefinition task-definition/mysfits-workshop-monolith:*",
      ],
    },
    { by: "ECS", calls: passTaskRoles("monolith") },
  ],
  // Source: AWSCodeDeployRoleForECS, AWS managed policy reference.
  "delivery/like-deployment/role/document": [
    {
      by: "CodeDeploy",
      calls: [
        "ecs:DescribeServices like_service",
        "ecs:UpdateServicePrimaryTaskSet like_service",
        "ecs:CreateTaskSet :task-set/",
        "ecs:DeleteTaskSet :task-set/",
        "elasticloadbalancing:ModifyListener production-listener",
        "elasticloadbalancing:ModifyListener test-listener",
        "elasticloadbalancing:ModifyRule production-rule",
        "elasticloadbalancing:ModifyRule test-rule",
        "elasticloadbalancing:DescribeListeners *",
        "elasticloadbalancing:DescribeRules *",
        "elasticloadbalancing:DescribeTargetGroups *",
        "lambda:InvokeFunction smoke-test_function",
        "cloudwatch:DescribeAlarms :alarm:",
        ...passTaskRoles("like"),
      ],
    },
  ],
  "delivery/smoke-test/report-document": [
    {
      by: "lambda/smoke-test/handler.ts",
      calls: ["codedeploy:PutLifecycleEventHookExecutionStatus :deploymentgroup:"],
    },
  ],
  // Source: "Giving Lambda functions access to resources in an Amazon VPC", Lambda developer guide.
  "delivery/smoke-test/role/document": [
    log("Lambda", "smoke-test_log-group"),
    {
      by: "Lambda",
      calls: [
        "ec2:CreateNetworkInterface :subnet/",
        "ec2:CreateNetworkInterface :security-group/",
        "ec2:CreateNetworkInterface :network-interface/",
        "ec2:AssignPrivateIpAddresses :network-interface/",
        "ec2:UnassignPrivateIpAddresses :network-interface/",
        "ec2:DeleteNetworkInterface :*/*",
        "ec2:DescribeNetworkInterfaces *",
        "ec2:DescribeSubnets *",
      ],
    },
  ],
  "load-generator/load-generator/role/document": [
    {
      by: "Systems Manager agent",
      calls: [
        "ssm:UpdateInstanceInformation *",
        "ssmmessages:CreateControlChannel *",
        "ssmmessages:CreateDataChannel *",
        "ssmmessages:OpenControlChannel *",
        "ssmmessages:OpenDataChannel *",
      ],
    },
    {
      by: "modules/load-generator/attack.sh",
      calls: [
        "s3:PutObject reports_bucket",
        "logs:CreateLogStream load-generator_log-group",
        "logs:PutLogEvents load-generator_log-group",
      ],
    },
  ],
};
