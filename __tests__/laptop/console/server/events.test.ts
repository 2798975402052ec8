import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import test from "ava";
import { type AnyChannel, EventHub } from "../../../../laptop/console/server/events.ts";
import { until } from "../../../until.ts";

/** A channel whose state is the number of samples taken. */
function counting(name: "logs" | "traces", interval = 5) {
  const counted = { samples: 0 };
  const sample = () => {
    counted.samples += 1;
    return { next: counted.samples, size: 0, revision: counted.samples };
  };
  return { counted, channel: { name, interval, sample } as AnyChannel };
}

/** Reads until a number of events of a channel have arrived. Returns the data and ID of the last one. */
async function read(stream: Readable, channel: string, events: number) {
  const pattern = new RegExp(`event: ${channel}\nid: (\\S+)\ndata: (.*)\n\n`, "g");
  let text = "";
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    text += chunk;
    const found = [...text.matchAll(pattern)];
    if (found.length >= events) {
      const [, id = "", data = ""] = found.at(-1) ?? [];
      return { id, data: JSON.parse(data), text };
    }
  }
  throw new Error(`the stream ended after ${text}`);
}

test("a tab receives the state of its channels and each new state", async (t) => {
  const hub = new EventHub([counting("logs").channel, counting("traces").channel], "boot");
  const tab = hub.subscribe(["logs", "traces"]);
  const { text } = await read(tab, "traces", 1);
  t.regex(text, /^retry: 1000\n\n/);
  t.true((await read(tab, "logs", 3)).data.next >= 3);
  t.is(hub.tabs, 1);
  hub.close();
  await once(tab, "close");
  t.is(hub.tabs, 0);
});

test("an unchanged state is not sent again", async (t) => {
  const same: AnyChannel = { name: "logs", interval: 5, sample: () => ({ next: 1, size: 1 }) };
  const { channel } = counting("traces");
  const hub = new EventHub([same, channel], "boot");
  const tab = hub.subscribe(["logs", "traces"]);
  const { text } = await read(tab, "traces", 10);
  t.is(text.split("event: logs").length, 2);
  hub.close();
});

test("a tab that reconnects receives the changes since then, and everything after a restart", async (t) => {
  const same: AnyChannel = { name: "logs", interval: 5, sample: () => ({ next: 1, size: 1 }) };
  const hub = new EventHub([same, counting("traces").channel], "boot");
  const first = hub.subscribe(["logs", "traces"]);
  const { id } = await read(first, "traces", 2);
  first.destroy();
  const { text } = await read(hub.subscribe(["logs", "traces"], id), "traces", 2);
  t.notRegex(text, /event: logs/);
  const other = new EventHub([same, counting("traces").channel], "reboot");
  t.regex((await read(other.subscribe(["logs", "traces"], id), "traces", 2)).text, /event: logs/);
  hub.close();
  other.close();
});

test("a channel without subscribers is not sampled", async (t) => {
  const { channel, counted } = counting("logs");
  const hub = new EventHub([channel], "boot");
  await pause(30);
  t.is(counted.samples, 0);
  const [one, other] = [hub.subscribe(["logs"]), hub.subscribe(["logs"])];
  await Promise.all([read(one, "logs", 3), read(other, "logs", 3)]);
  one.destroy();
  other.destroy();
  await pause(20);
  const { samples } = counted;
  await pause(50);
  t.is(counted.samples, samples);
});

test("a stalled connection uses no more memory than others, and then receives the newest state", async (t) => {
  const large = "x".repeat(200_000);
  let samples = 0;
  const channel: AnyChannel = {
    name: "shell",
    interval: 2,
    sample: () => {
      samples += 1;
      return { boot: `${samples}`, site: large, firing: samples };
    },
  };
  const hub = new EventHub([channel], "boot");
  const tab = hub.subscribe(["shell"]);
  let response: ServerResponse | undefined;
  const server = createServer((_request, answer) => {
    response = answer;
    tab.pipe(answer);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const sleeper = connect((server.address() as AddressInfo).port, "127.0.0.1");
  sleeper.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  sleeper.pause();
  while (samples < 500) {
    await pause(20);
    const waiting = tab.readableLength + (response?.writableLength ?? 0);
    t.true(waiting < 3 * large.length, `${waiting} bytes are queued`);
  }

  let text = "";
  sleeper.on("data", (chunk) => {
    text = (text + chunk).slice(-3 * large.length);
  });
  sleeper.resume();
  const woken = samples;
  const newest = () => Math.max(0, ...[...text.matchAll(/"firing":(\d+)\}/g)].map(([, number]) => Number(number)));
  await until(() => newest() > woken);
  t.pass();
  sleeper.destroy();
  hub.close();
  server.close().closeAllConnections();
});

test("a connection that accepts no data for too long is closed", async (t) => {
  const hub = new EventHub([counting("logs").channel], "boot", { heartbeat: 20, patience: 100 });
  const sleeper = hub.subscribe(["logs"]);
  const awake = hub.subscribe(["logs"]);
  awake.resume();
  await once(sleeper, "close");
  t.is(hub.tabs, 1);
  awake.destroy();
});

test("a failed sample is repeated", async (t) => {
  let samples = 0;
  const channel: AnyChannel = {
    name: "logs",
    interval: 5,
    sample: () => {
      samples += 1;
      if (samples < 3) {
        throw new Error("not yet");
      }
      return { next: samples, size: 0 };
    },
  };
  const hub = new EventHub([channel], "boot");
  t.is((await read(hub.subscribe(["logs"]), "logs", 1)).data.next, 3);
  hub.close();
});
