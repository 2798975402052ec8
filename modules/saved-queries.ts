import { CloudwatchQueryDefinition } from "@cdktf/provider-aws/lib/cloudwatch-query-definition/index.js";
import { Construct } from "constructs";
import type { SavedQuery } from "../specs/monitoring/query.ts";

export interface SavedQueriesProps {
  /** The folder in which Logs Insights shows the queries. */
  readonly folder: string;
  readonly queries: readonly SavedQuery[];
}

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
