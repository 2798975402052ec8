import { CodecommitRepository } from "@cdktf/provider-aws/lib/codecommit-repository/index.js";
import { CodeconnectionsConnection } from "@cdktf/provider-aws/lib/codeconnections-connection/index.js";
import type { DataAwsIamPolicyDocumentStatement } from "@cdktf/provider-aws/lib/data-aws-iam-policy-document/index.js";
import { Construct } from "constructs";

/** Where pipelines take their source from. Both kinds name the commit `CommitId`. */
export interface PipelineSource {
  /** CodePipeline's name of the kind of source, and what it has to know of this one. */
  readonly provider: string;
  readonly configuration: Record<string, string>;
  /** What a pipeline must be allowed to read it. */
  readonly permissions: readonly DataAwsIamPolicyDocumentStatement[];
  /** The event that a push is; none where CodePipeline hears of pushes by itself. */
  readonly push?: object;
}

export interface CodeCommitSourceProps {
  readonly name: string;
  /** Branch whose pushes are released. */
  readonly branch: string;
}

/** A CodeCommit repository of the environment's own, empty at first. */
export class CodeCommitSource extends Construct implements PipelineSource {
  readonly provider = "CodeCommit";
  readonly configuration: Record<string, string>;
  readonly permissions: readonly DataAwsIamPolicyDocumentStatement[];
  readonly push: object;
  /** Where people push to. */
  readonly url: string;

  constructor(scope: Construct, id: string, { name, branch }: CodeCommitSourceProps) {
    super(scope, id);
    const repository = new CodecommitRepository(this, "repository", {
      repositoryName: name,
      description: `What ${name} is released from`,
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

/** A repository on GitHub, through a connection that somebody of GitHub's side agrees to once. */
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
    this.permissions = [
      {
        actions: ["codeconnections:UseConnection"],
        resources: [this.connectionArn],
        condition: [
          // Not every step of fetching a source names the repository, but none may name another.
          { test: "ForAllValues:StringEquals", variable: "codeconnections:FullRepositoryId", values: [repository] },
        ],
      },
    ];
  }
}
