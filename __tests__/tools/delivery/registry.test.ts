import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import test from "ava";

// ECR's scan responses that moto cannot produce: several pages, enhanced scanning, and every status.

const IMAGE = { repository: "123456789012.dkr.ecr.us-east-1.amazonaws.com/mysfits/like", tag: "a1b2c3" };
const CRITICAL = { severity: "CRITICAL", name: "CVE-2026-0001" };
const COMPLETE = { imageScanStatus: { status: "COMPLETE" } };

let scan: (...pages: object[]) => Promise<void>;

test.before(async () => {
  let pages: readonly object[] = [];
  const server = createServer(async (request, response) => {
    const { nextToken = "0" } = (await json(request)) as { nextToken?: string };
    const page = pages[Number(nextToken)] ?? {};
    response.statusCode = "__type" in page ? 400 : 200;
    response.setHeader("content-type", "application/x-amz-json-1.1");
    response.end(
      JSON.stringify({ ...page, ...(pages[Number(nextToken) + 1] && { nextToken: `${Number(nextToken) + 1}` }) }),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  server.unref();
  const { port } = server.address() as AddressInfo;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_ECR: `http://127.0.0.1:${port}`,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  });
  const { requireCleanScan } = await import("../../../tools/delivery/registry.ts");
  scan = (...given) => {
    pages = given;
    return requireCleanScan(IMAGE);
  };
});

test.serial("a scan without critical findings passes", async (t) => {
  const high = { severity: "HIGH", name: "CVE-2026-0002" };
  await t.notThrowsAsync(scan({ ...COMPLETE, imageScanFindings: { findings: [high] } }));
});

test.serial("a critical finding on a later page is found", async (t) => {
  const pages = [[], [CRITICAL]].map((findings) => ({ ...COMPLETE, imageScanFindings: { findings } }));
  await t.throwsAsync(scan(...pages), { message: /has 1 critical findings: CVE-2026-0001$/ });
});

test.serial("ECR's count of critical findings decides even if the list does not have them", async (t) => {
  const imageScanFindings = { findings: [], findingSeverityCounts: { CRITICAL: 2 } };
  await t.throwsAsync(scan({ ...COMPLETE, imageScanFindings }), { message: /has 2 critical findings/ });
});

test.serial(
  "the findings of enhanced scanning are included, and a continuous scan is complete after its first result",
  async (t) => {
    const finding = { severity: "CRITICAL", packageVulnerabilityDetails: { vulnerabilityId: "CVE-2026-0003" } };
    const active = (enhancedFindings: object[]) => ({
      imageScanStatus: { status: "ACTIVE" },
      imageScanFindings: { enhancedFindings, imageScanCompletedAt: 1_790_000_000 },
    });
    await t.notThrowsAsync(scan(active([])));
    await t.throwsAsync(scan(active([finding])), { message: /CVE-2026-0003$/ });
  },
);

for (const status of [
  "FAILED",
  "UNSUPPORTED_IMAGE",
  "FINDINGS_UNAVAILABLE",
  "SCAN_ELIGIBILITY_EXPIRED",
  "LIMIT_EXCEEDED",
  "IMAGE_ARCHIVED",
  "SOMETHING_NEW",
]) {
  test.serial(`a scan with the status ${status} fails with its description`, async (t) => {
    const imageScanStatus = { status, description: "because of this" };
    await t.throwsAsync(scan({ imageScanStatus }), {
      message: new RegExp(`is not released: the scan status is ${status} \\(because of this\\)$`),
    });
  });
}

test.serial("an image that does not exist is an error, not a scan to wait for", async (t) => {
  await t.throwsAsync(scan({ __type: "ImageNotFoundException", message: "no such image" }), {
    message: /no such image/,
  });
});
