import type { ServiceDefinition } from "../service.ts";

export const monolith: ServiceDefinition = {
  release: "rolling",
  usesTable: true,
  environment: (_settings, { tableName, siteOrigin, region }) => ({
    DDB_TABLE_NAME: tableName,
    UPSTREAM_URL: siteOrigin,
    AWS_REGION: region,
  }),
};
