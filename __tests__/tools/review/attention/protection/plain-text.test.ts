import test from "ava";
import { findings, type ResourceInput } from "../../plan-parts.ts";

// Secrets in plain text in environment variables and scripts. Those of containers are in rows.yaml.

const variables = (of: object) => ({ environment: [{ variables: of }] });
const base64 = (text: string) => Buffer.from(text).toString("base64");
const image = (runtime: object) => ({
  source_configuration: [{ image_repository: [{ image_configuration: [runtime] }] }],
});
const buildVariable = (type: string, value: string) => ({
  environment: [{ type: "LINUX_CONTAINER", environment_variable: [{ name: "DB_PASSWORD", type, value }] }],
});

const gets = (names: string, argument: string) =>
  `caution protection: It gets ${names} in plain text in its ${argument}: everyone who can read its definition sees the ${names.includes(",") ? "values" : "value"}.`;

const CASES: Readonly<Record<string, readonly [resource: ResourceInput, expected: readonly string[]]>> = {
  "a new function": [
    { type: "aws_lambda_function", after: variables({ DB_PASSWORD: "hunter2", LOGLEVEL: "info" }) },
    [gets("DB_PASSWORD", "environment")],
  ],
  "a function that gets another variable": [
    {
      type: "aws_lambda_function",
      before: variables({ API_TOKEN: "one" }),
      after: variables({ API_TOKEN: "two", DATABASE_URL: "postgres://app:hunter2@db/app" }),
    },
    [gets("DATABASE_URL", "environment")],
  ],
  "names and references": [
    {
      type: "aws_lambda_function",
      after: variables({ SECRET_ARN: "arn:aws:secretsmanager:r:1:secret:a", TOKEN_TTL: "60", PRIMARY_KEY: "id" }),
    },
    [],
  ],
  "a variable that is known only after apply": [
    {
      type: "aws_lambda_function",
      after: variables({}),
      unknown: { environment: [{ variables: { DB_PASSWORD: true } }] },
    },
    [],
  ],
  "a marked variable": [
    {
      type: "aws_lambda_function",
      after: variables({ DB_PASSWORD: "hunter2" }),
      sensitive: { environment: [{ variables: { DB_PASSWORD: true } }] },
    },
    [gets("DB_PASSWORD", "environment")],
  ],
  "marked variables": [
    {
      type: "aws_lambda_function",
      after: variables({ DB_PASSWORD: "hunter2" }),
      sensitive: { environment: [{ variables: true }] },
    },
    [gets("(sensitive)", "environment")],
  ],
  "a build": [
    { type: "aws_codebuild_project", after: buildVariable("PLAINTEXT", "hunter2") },
    [gets("DB_PASSWORD", "environment")],
  ],
  "a build with a secret of a store": [
    { type: "aws_codebuild_project", after: buildVariable("SECRETS_MANAGER", "prod/db:password") },
    [],
  ],
  "a build without the store": [
    {
      type: "aws_codebuild_project",
      before: buildVariable("PARAMETER_STORE", "/prod/db"),
      after: buildVariable("PLAINTEXT", "hunter2"),
    },
    ["danger protection: It gets DB_PASSWORD in plain text in its environment instead of as a secret."],
  ],
  "settings of Elastic Beanstalk": [
    {
      type: "aws_elastic_beanstalk_environment",
      after: {
        setting: [
          { namespace: "aws:elasticbeanstalk:application:environment", name: "API_TOKEN", value: "hunter2" },
          { namespace: "aws:autoscaling:launchconfiguration", name: "EC2KeyName", value: "operations" },
        ],
      },
    },
    [gets("API_TOKEN", "setting")],
  ],
  "a service of App Runner": [
    {
      type: "aws_apprunner_service",
      before: image({ runtime_environment_secrets: { DB_PASSWORD: "arn:aws:secretsmanager:r:1:secret:a" } }),
      after: image({ runtime_environment_variables: { DB_PASSWORD: "hunter2", STRIPE_PUBLISHABLE_KEY: "pk_live_1" } }),
    },
    ["danger protection: It gets DB_PASSWORD in plain text in its source_configuration instead of as a secret."],
  ],
  "a model of SageMaker": [
    { type: "aws_sagemaker_model", after: { primary_container: [{ environment: { HF_TOKEN: "hunter2" } }] } },
    [gets("HF_TOKEN", "primary_container")],
  ],
  "arguments of a job of Glue": [
    {
      type: "aws_glue_job",
      after: {
        default_arguments: { "--db_password": "hunter2", "--api_token": "hunter3", "--job-language": "python" },
      },
    },
    [gets("--db_password, --api_token", "default_arguments")],
  ],
  "containers that a state machine starts": [
    {
      type: "aws_sfn_state_machine",
      after: {
        definition: JSON.stringify({
          Parameters: [
            {
              Name: "app",
              Environment: [
                { Name: "API_TOKEN", Value: "hunter2" },
                { Name: "TASK_TOKEN", "Value.$": "$$.Task.Token" },
              ],
            },
          ],
        }),
      },
    },
    [gets("API_TOKEN", "definition")],
  ],
  "a web app of Azure with a reference to a key vault": [
    {
      type: "azurerm_linux_web_app",
      after: {
        app_settings: { API_TOKEN: "hunter2", DB_PASSWORD: "@Microsoft.KeyVault(VaultName=v;SecretName=s)" },
      },
    },
    [gets("API_TOKEN", "app_settings")],
  ],
  "a container of Kubernetes": [
    {
      type: "kubernetes_deployment_v1",
      after: {
        spec: [
          {
            env: [
              { name: "API_TOKEN", value: "hunter2" },
              { name: "DB_PASSWORD", value: "", value_from: [{ secret_key_ref: [{ name: "db", key: "password" }] }] },
            ],
          },
        ],
      },
    },
    [gets("API_TOKEN", "spec")],
  ],
  "user data": [
    {
      type: "aws_spot_instance_request",
      after: { user_data: "export DB_PASSWORD=hunter2\n", metadata_options: [{ http_tokens: "required" }] },
    },
    ["caution protection: Its user_data has a secret in plain text: everyone who can read its definition sees it."],
  ],
  "user data in Base64 that gets two secrets": [
    {
      type: "aws_launch_configuration",
      before: { user_data: base64("export DB_PASSWORD=hunter2\necho a\n") },
      after: { user_data: base64("export DB_PASSWORD=hunter2\ncurl -u bob:hunter3 h\nAPI_TOKEN=abc\n") },
    },
    [
      "caution protection: user_data changes. New instances run the changed script as root.",
      "caution protection: Its user_data has 2 secrets in plain text: everyone who can read its definition sees them.",
    ],
  ],
  "user data that reads the secret from its store": [
    {
      type: "aws_lightsail_instance",
      after: { user_data: "export DB_PASSWORD=$(aws secretsmanager get-secret-value --secret-id prod/db)\n" },
    },
    [],
  ],
  "a document with commands": [
    {
      type: "aws_ssm_document",
      after: { content: JSON.stringify({ mainSteps: [{ inputs: { runCommand: ["mysql -u root -phunter2 db"] } }] }) },
    },
    ["caution protection: Its content has a secret in plain text: everyone who can read its definition sees it."],
  ],
};

for (const [title, [resource, expected]] of Object.entries(CASES)) {
  test(`secrets in plain text: ${title}`, async (t) => {
    t.deepEqual(await findings(resource), expected);
  });
}
