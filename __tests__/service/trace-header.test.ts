import test from "ava";
import xray from "aws-xray-sdk-core";
import { parseTraceHeader, type TraceHeader } from "../../service/shared/trace-header.ts";

const ROOT = "1-5759e988-bd862e3fe1be46a994272793";
const OTHER = "1-5759E988-BD862E3FE1BE46A994272793";
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
  `Root=${ROOT};Root=${OTHER}`,
  `Root=${ROOT};Parent=${PARENT};parent=0000000000000001;Sampled=0;SAMPLED=1`,
  `Root=${ROOT};Sampled=1;Sampled=`,
]) {
  test(`reads ${header.slice(0, 90)} as the SDK does`, (t) => {
    const { root, parent, sampled } = xray.utils.processTraceData(header) as Record<string, string | undefined>;
    t.deepEqual(parseTraceHeader(header), {
      root: new xray.Segment("like", root).trace_id,
      parent,
      sampled: sampled as TraceHeader["sampled"],
    });
  });
}

for (const decision of ["yes", "true", "01", "2", "1 0", "-", "1, Root=1"]) {
  test(`Sampled=${decision} leaves the decision to the service, as in the SDK, and keeps the trace`, (t) => {
    const header = `Root=${ROOT};Parent=${PARENT};Sampled=${decision}`;
    t.deepEqual(parseTraceHeader(header), { root: ROOT, parent: PARENT, sampled: undefined });
  });
}

for (const parent of ["short", `${PARENT}0`, "<script>", "53995c3f42cd8adg"]) {
  test(`Parent=${parent} is ignored and keeps the trace`, (t) => {
    const header = `Root=${ROOT};Parent=${parent};Sampled=1`;
    t.deepEqual(parseTraceHeader(header), { root: ROOT, parent: undefined, sampled: "1" });
  });
}

for (const header of [
  "",
  `Root=${ROOT.slice(1)}`,
  `Root=${ROOT};Root=${OTHER.slice(1)}`,
  `Root=${ROOT}; Root=-`,
  `Parent=${PARENT};Sampled=1`,
  `Root=${ROOT};Custom=${"x".repeat(7_200)}`,
]) {
  test(`does not take a trace from ${header.slice(0, 90) || "an empty header"}`, (t) => {
    t.is(parseTraceHeader(header), undefined);
  });
}
