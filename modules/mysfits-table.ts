import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table/index.js";
import { DynamodbTableItem } from "@cdktf/provider-aws/lib/dynamodb-table-item/index.js";
import { Construct } from "constructs";
import { MYSFITS, MYSFITS_TABLE, tableItem } from "../specs/mysfits.ts";

/** The table of the mysfits, on demand and with point-in-time recovery, holding the twelve of them from the start. */
export class MysfitsTable extends Construct {
  readonly arn: string;
  readonly name: string;

  constructor(
    scope: Construct,
    id: string,
    { name, deletionProtection }: { readonly name: string; readonly deletionProtection: boolean },
  ) {
    super(scope, id);
    const { key, indexes } = MYSFITS_TABLE;
    const table = new DynamodbTable(this, "table", {
      name,
      billingMode: "PAY_PER_REQUEST",
      hashKey: key,
      attribute: [key, ...Object.keys(indexes)].map((attribute) => ({ name: attribute, type: "S" })),
      globalSecondaryIndex: Object.entries(indexes).map(([attribute, index]) => ({
        name: index,
        hashKey: attribute,
        rangeKey: key,
        projectionType: "ALL",
      })),
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: { enabled: true },
      deletionProtectionEnabled: deletionProtection,
    });
    for (const mysfit of MYSFITS) {
      new DynamodbTableItem(this, mysfit.id, {
        tableName: table.name,
        hashKey: key,
        item: JSON.stringify(tableItem(mysfit)),
        // Likes and adoptions belong to the visitors: Terraform plants the item once and never writes over it.
        lifecycle: { ignoreChanges: ["item"] },
      });
    }
    this.arn = table.arn;
    this.name = table.name;
  }
}
