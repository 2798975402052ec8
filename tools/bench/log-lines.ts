import { gzipSync } from "node:zlib";

/** Characters of a line. */
export const LINE_LENGTH = 300;

/** Deliveries of the like service's lines, as CloudWatch Logs sends them to the log shipper. */
export function deliveriesOf(lines: number, linesPerDelivery: number): readonly object[] {
  return Array.from({ length: lines / linesPerDelivery }, (_, delivery) => {
    const first = delivery * linesPerDelivery;
    const logEvents = Array.from({ length: linesPerDelivery }, (_, line) => ({
      id: `3${String(first + line).padStart(55, "0")}`,
      timestamp: Date.parse("2026-03-01T12:00:00.000Z") + first + line,
      message: lineOf(first + line),
    }));
    const content = {
      messageType: "DATA_MESSAGE",
      owner: "123456789012",
      logGroup: "/mysfits/like",
      logStream: "like/like/0f1e2d3c",
      subscriptionFilters: ["log-shipper"],
      logEvents,
    };
    return { awslogs: { data: gzipSync(JSON.stringify(content)).toString("base64") } };
  });
}

function lineOf(number: number): string {
  const line = {
    name: "like",
    hostname: "ip-10-0-1-23.us-west-2.compute.internal",
    pid: 7,
    level: 30,
    requestId: `${number}`.padStart(36, "0"),
    method: "POST",
    status: 200,
    durationMs: number / 7,
    attempt: 1,
    msg: "",
    time: "2026-03-01T12:00:00.000Z",
    v: 0,
  };
  const rest = LINE_LENGTH - JSON.stringify(line).length;
  return JSON.stringify({ ...line, msg: "liked ".repeat(50).slice(0, rest) });
}
