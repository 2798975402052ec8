import test from "ava";
import xray from "aws-xray-sdk-core";
import { parseTraceHeader } from "../../service/shared/trace-header.ts";

const ROOT = "1-5759e988-bd862e3fe1be46a994272793";
const PARENT = "53995c3f42cd8ad8";

for (const header of [
  `Root=${ROOT}`,
  `root=${ROOT};parent=${PARENT};sampled=1`,
  `ROOT=${ROOT.toUpperCase()};Parent=${PARENT.toUpperCase()}`,
  `Root=${ROOT};Parent=;Sampled=1`,
  `Root=${ROOT};Sampled=`,
  `Root=${ROOT};CalledFrom=a;CalledFrom=b`,
  `Root=${ROOT};Parent=${PARENT};Sampled=1;;`,
  ` Sampled = ? ; Root = ${ROOT} `,
  `Self=1-67891234-12456789abcdef012345678;Root=${ROOT};CalledFrom=app`,
  `Root=${ROOT};Lineage=a87bd80c:1|68fd508a:5;Sampled=0`,
  `Root=${ROOT};Sampled=1;Custom=${"x".repeat(5_000)}`,
  `Root=${ROOT};no value;=no name`,
]) {
  test(`reads ${header.slice(0, 90)} as the SDK does`, (t) => {
    const { root, parent, sampled } = xray.utils.processTraceData(header) as Record<string, string | undefined>;
    t.is(root?.toLowerCase(), ROOT);
    t.deepEqual(parseTraceHeader(header), { root, parent, sampled } as ReturnType<typeof parseTraceHeader>);
  });
}

for (const header of [
  "",
  `Root=${ROOT.slice(1)}`,
  `Root=${ROOT};Parent=short`,
  `Root=${ROOT};Sampled=yes`,
  `Parent=${PARENT};Sampled=1`,
  `Root=${ROOT};Custom=${"x".repeat(7_200)}`,
]) {
  test(`does not take a trace from ${header.slice(0, 90) || "an empty header"}`, (t) => {
    t.is(parseTraceHeader(header), undefined);
  });
}
