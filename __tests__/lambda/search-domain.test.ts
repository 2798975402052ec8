import test from "ava";
import { Domain } from "../../lambda/log-shipper/domain.ts";
import { OPENSEARCH } from "../../laptop/log-search/opensearch-files.ts";
import { MAX_CONTENT_LENGTH, recordingOf, responsesToBodies } from "./engine-responses.ts";
import { SearchDomain } from "./search-domain.ts";
import { CREDENTIALS, REGION } from "./signature.ts";

for (const { version } of Object.values(OPENSEARCH)) {
  test(`the fake search domain answers like OpenSearch ${version}`, async (t) => {
    const searchDomain = new SearchDomain();
    searchDomain.maxContentLength = MAX_CONTENT_LENGTH;
    const domain = new Domain({ endpoint: await searchDomain.listen(), region: REGION, credentials: CREDENTIALS });
    t.teardown(() => {
      domain.close();
      searchDomain.close();
    });

    const answers = await responsesToBodies(async (method, path, body = "") => {
      const url = new URL(path, "http://any");
      const content = typeof body === "string" ? body : JSON.stringify(body);
      const response = await domain.send(
        {
          method: method as "POST",
          path: url.pathname,
          query: Object.fromEntries(url.searchParams),
          body: { type: "application/x-ndjson", content },
        },
        30_000,
      );
      return { status: response.status, body: response.body === "" ? "" : JSON.parse(response.body) };
    });

    t.deepEqual(answers, recordingOf(version).bodies);
    t.deepEqual(searchDomain.wrongSignatures, []);
  });
}
