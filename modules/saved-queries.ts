import { Construct } from "constructs";
import { CloudwatchQueryDefinition } from "#aws/cloudwatch-query-definition";
import type { SavedQuery } from "../model/monitoring/query.ts";

export interface SavedQueriesProps {
  /** Folder of the queries in Logs Insights. */
  readonly folder: string;
  readonly queries: readonly SavedQuery[];
}

/** Saved queries of CloudWatch Logs Insights. */
export class SavedQueries extends Construct {
  constructor(scope: Construct, id: string, { folder, queries }: SavedQueriesProps) {
    super(scope, id);
    for (const { name, logGroups, text } of queries) {
      new CloudwatchQueryDefinition(this, name, {
        name: `${folder}/${name}`,
        logGroupNames: [...logGroups],
        queryString: text,
      });
    }
  }
}
