import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import test from "ava";
import { type AnyTopic, Live } from "../../../local/console/live.ts";
import { until } from "../../until.ts";

/** A topic whose state is the number of looks that were taken at it. */
function counting(name: "logs" | "traces", every = 5) {
  const counted = { looks: 0 };
  const look = () => {
    counted.looks += 1;
    return { next: counted.looks, size: 0, revision: counted.looks };
  };
  return { counted, topic: { name, every, look } as AnyTopic };
}

/** Reads on until so many events of a topic have come; gives the data of the last one, and its id. */
async function read(stream: Readable, topic: string, events: number) {
  const pattern = new RegExp(`event: ${topic}\nid: (\\S+)\ndata: (.*)\n\n`, "g");
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

test("a tab is told all that it follows, and whatever is new", async (t) => {
  const live = new Live([counting("logs").topic, counting("traces").topic], "boot");
  const tab = live.follow(["logs", "traces"]);
  const { text } = await read(tab, "traces", 1);
  t.regex(text, /^retry: 1000\n\n/);
  t.true((await read(tab, "logs", 3)).data.next >= 3);
  t.is(live.tabs, 1);
  live.close();
  await once(tab, "close");
  t.is(live.tabs, 0);
});

test("what has not changed is not told again", async (t) => {
  const same: AnyTopic = { name: "logs", every: 5, look: () => ({ next: 1, size: 1 }) };
  const { topic } = counting("traces");
  const live = new Live([same, topic], "boot");
  const tab = live.follow(["logs", "traces"]);
  const { text } = await read(tab, "traces", 10);
  t.is(text.split("event: logs").length, 2);
  live.close();
});

test("a tab that comes back is told what it missed, and only that; after another start, all", async (t) => {
  const same: AnyTopic = { name: "logs", every: 5, look: () => ({ next: 1, size: 1 }) };
  const live = new Live([same, counting("traces").topic], "boot");
  const first = live.follow(["logs", "traces"]);
  const { id } = await read(first, "traces", 2);
  first.destroy();
  const { text } = await read(live.follow(["logs", "traces"], id), "traces", 2);
  t.notRegex(text, /event: logs/);
  const other = new Live([same, counting("traces").topic], "reboot");
  t.regex((await read(other.follow(["logs", "traces"], id), "traces", 2)).text, /event: logs/);
  live.close();
  other.close();
});

test("nobody looks where no tab follows", async (t) => {
  const { topic, counted } = counting("logs");
  const live = new Live([topic], "boot");
  await pause(30);
  t.is(counted.looks, 0);
  const [one, other] = [live.follow(["logs"]), live.follow(["logs"])];
  await Promise.all([read(one, "logs", 3), read(other, "logs", 3)]);
  one.destroy();
  other.destroy();
  await pause(20);
  const { looks } = counted;
  await pause(50);
  t.is(counted.looks, looks);
});

test("a browser that sleeps costs no more than one that is awake, and wakes up to the newest state", async (t) => {
  const large = "x".repeat(200_000);
  let looks = 0;
  const topic: AnyTopic = {
    name: "shell",
    every: 2,
    look: () => {
      looks += 1;
      return { boot: `${looks}`, site: large, firing: looks };
    },
  };
  const live = new Live([topic], "boot");
  const tab = live.follow(["shell"]);
  let response: ServerResponse | undefined;
  const server = createServer((_request, answer) => {
    response = answer;
    tab.pipe(answer);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const sleeper = connect((server.address() as AddressInfo).port, "127.0.0.1");
  sleeper.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  sleeper.pause();
  while (looks < 500) {
    await pause(20);
    const waiting = tab.readableLength + (response?.writableLength ?? 0);
    t.true(waiting < 3 * large.length, `${waiting} bytes are waiting`);
  }

  let text = "";
  sleeper.on("data", (chunk) => {
    text = (text + chunk).slice(-3 * large.length);
  });
  sleeper.resume();
  const woken = looks;
  const newest = () => Math.max(0, ...[...text.matchAll(/"firing":(\d+)\}/g)].map(([, number]) => Number(number)));
  await until(() => newest() > woken);
  t.pass();
  sleeper.destroy();
  live.close();
  server.close().closeAllConnections();
});

test("a connection that takes nothing for too long is ended", async (t) => {
  const live = new Live([counting("logs").topic], "boot", { heartbeat: 20, patience: 100 });
  const sleeper = live.follow(["logs"]);
  const awake = live.follow(["logs"]);
  awake.resume();
  await once(sleeper, "close");
  t.is(live.tabs, 1);
  awake.destroy();
});

test("a look that fails is taken again", async (t) => {
  let looks = 0;
  const topic: AnyTopic = {
    name: "logs",
    every: 5,
    look: () => {
      looks += 1;
      if (looks < 3) {
        throw new Error("not yet");
      }
      return { next: looks, size: 0 };
    },
  };
  const live = new Live([topic], "boot");
  t.is((await read(live.follow(["logs"]), "logs", 1)).data.next, 3);
  live.close();
});
