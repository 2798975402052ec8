import { Construct } from "constructs";
import { DynamodbTable } from "#aws/dynamodb-table";
import { DynamodbTableItem } from "#aws/dynamodb-table-item";
import { MYSFITS, MYSFITS_TABLE, tableItem } from "../model/mysfits.ts";

/** The table of the mysfits, on demand, with point-in-time recovery and the twelve mysfits as its first items. */
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
        // Likes and adoptions change the item, so Terraform creates it once and never overwrites it.
        lifecycle: { ignoreChanges: ["item"] },
      });
    }
    this.arn = table.arn;
    this.name = table.name;
  }
}
