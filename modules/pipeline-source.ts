import { Construct } from "constructs";
import { CodecommitRepository } from "#aws/codecommit-repository";
import { CodeconnectionsConnection } from "#aws/codeconnections-connection";
import type { DataAwsIamPolicyDocumentStatement } from "#aws/data-aws-iam-policy-document";

/** The source of a pipeline. Both kinds provide the variable `CommitId`. */
export interface PipelineSource {
  /** Provider and configuration of the source action in CodePipeline. */
  readonly provider: string;
  readonly configuration: Record<string, string>;
  /** Permissions that a pipeline needs to read the source. */
  readonly permissions: readonly DataAwsIamPolicyDocumentStatement[];
  /** Event pattern of a push; undefined if CodePipeline detects pushes itself. */
  readonly push?: object;
}

export interface CodeCommitSourceProps {
  readonly name: string;
  /** Branch whose pushes start a release. */
  readonly branch: string;
}

/** A CodeCommit repository of the environment, empty at first. */
export class CodeCommitSource extends Construct implements PipelineSource {
  readonly provider = "CodeCommit";
  readonly configuration: Record<string, string>;
  readonly permissions: readonly DataAwsIamPolicyDocumentStatement[];
  readonly push: object;
  /** URL to push to, over HTTPS. */
  readonly url: string;

  constructor(scope: Construct, id: string, { name, branch }: CodeCommitSourceProps) {
    super(scope, id);
    const repository = new CodecommitRepository(this, "repository", {
      repositoryName: name,
      description: `Source of the releases of ${name}`,
    });
    this.url = repository.cloneUrlHttp;
    this.configuration = {
      RepositoryName: repository.repositoryName,
      BranchName: branch,
      PollForSourceChanges: "false",
    };
    this.permissions = [
      {
        actions: [
          "codecommit:CancelUploadArchive",
          "codecommit:GetBranch",
          "codecommit:GetCommit",
          "codecommit:GetUploadArchiveStatus",
          "codecommit:UploadArchive",
        ],
        resources: [repository.arn],
      },
    ];
    this.push = {
      source: ["aws.codecommit"],
      "detail-type": ["CodeCommit Repository State Change"],
      resources: [repository.arn],
      detail: { event: ["referenceCreated", "referenceUpdated"], referenceType: ["branch"], referenceName: [branch] },
    };
  }
}

export interface GithubSourceProps {
  /** Name of the connection, 32 characters at most. */
  readonly name: string;
  /** OWNER/NAME */
  readonly repository: string;
  readonly branch: string;
}

/** A GitHub repository, through a connection that an owner of the repository authorizes once. */
export class GithubSource extends Construct implements PipelineSource {
  readonly provider = "CodeStarSourceConnection";
  readonly configuration: Record<string, string>;
  readonly permissions: readonly DataAwsIamPolicyDocumentStatement[];
  readonly connectionArn: string;

  constructor(scope: Construct, id: string, { name, repository, branch }: GithubSourceProps) {
    super(scope, id);
    this.connectionArn = new CodeconnectionsConnection(this, "connection", { name, providerType: "GitHub" }).arn;
    this.configuration = {
      ConnectionArn: this.connectionArn,
      FullRepositoryId: repository,
      BranchName: branch,
      DetectChanges: "true",
    };
    // CodePipeline may still use the service's former name. Source: "Connections rename: summary of changes", Developer Tools
    // console user guide.
    this.permissions = ["codeconnections", "codestar-connections"].map((service) => ({
      actions: [`${service}:UseConnection`],
      resources: [this.connectionArn],
      condition: [
        // Some requests name no repository. Those that do may only name this one.
        { test: "ForAllValues:StringEquals", variable: `${service}:FullRepositoryId`, values: [repository] },
      ],
    }));
  }
}
