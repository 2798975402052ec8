import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import test from "ava";
import type { EcsService } from "../../laptop/system/ecs/ecs-service.ts";
import { StartError } from "../../laptop/system/start.ts";
import { prepareTableFolder, TableFolderError } from "../../laptop/system/table/table.ts";
import { startSystem } from "../../laptop/system.ts";
import { MYSFITS } from "../../model/mysfits.ts";
import { until } from "../until.ts";
import {
  beginLike,
  dataFolder,
  discardOutput,
  EVANGELINE,
  likesInTable,
  run,
  sendLikes,
  settings,
} from "./running-system.ts";

// Serial, because each system has four processes.

test.serial("the site's address counts likes and serves every other path", async (t) => {
  const folder = dataFolder(t);
  const system = await run(t, { folder });
  const ask = async (path: string, method = "GET") => {
    const answer = await fetch(system.address + path, { method });
    return { status: answer.status, body: JSON.parse(await answer.text()) };
  };

  t.deepEqual(await ask(`/mysfits/${EVANGELINE}/like`, "POST"), { status: 200, body: { Update: "Success" } });
  t.is((await ask(`/mysfits/${EVANGELINE}`)).body.likes, "1");
  t.is((await ask("/mysfits")).body.mysfits.length, MYSFITS.length);
  const good = await ask("/mysfits?filter=GoodEvil&value=Good");
  t.deepEqual(good.body.mysfits.map(({ name }: { name: string }) => name).sort(), [
    "CoCo",
    "Cole",
    "Hasla",
    "Twilight Glitter",
  ]);
  t.is((await ask("/mysfits?filter=Hats&value=Good")).status, 400);
  t.is((await ask(`/mysfits/${EVANGELINE.slice(1)}/like`, "POST")).status, 404);
  t.deepEqual(await ask(`/mysfits/${EVANGELINE}/adopt`, "POST"), { status: 200, body: { Update: "Success" } });
  t.true((await ask(`/mysfits/${EVANGELINE}`)).body.adopted);
  t.regex(await (await fetch(system.address)).text(), /<html/);

  await system.stop();
  t.regex(readFileSync(join(folder, "logs/monolith.log"), "utf8"), /"path":"\/mysfits\/.*\/fulfill-like"/);
  t.true(existsSync(join(folder, "logs/like.log")));
});

test.serial("1,000 likes from 50 clients count exactly 1,000 times", async (t) => {
  const system = await run(t);
  t.deepEqual(await sendLikes(system, 1000), { counted: 1000, failed: 0 });
  t.is(await likesInTable(system, EVANGELINE), 1000);
});

for (const name of ["like", "monolith"] as const) {
  test.serial(`if the ${name} is killed under load, no successful like is lost and none counts twice`, async (t) => {
    const system = await run(t);
    const { counted, failed } = await sendLikes(system, 1000, (answers) => {
      if (answers === 300) {
        killAll(system.services[name]);
      }
    });
    const inTable = await likesInTable(system, EVANGELINE);
    t.log({ counted, failed, inTable });
    t.is(counted + failed, 1000);
    t.true(counted > 300, "some were counted after the restart");
    t.true(failed > 0, "some failed because of the kill");
    t.true(inTable >= counted && inTable <= counted + failed);
  });
}

test.serial("a client whose task is killed during a like gets a response on the same connection", async (t) => {
  // If such a connection just closes, Chromium retries the like, which may then count twice.
  const system = await run(t);
  const socket = connect(Number(new URL(system.address).port), "127.0.0.1").setEncoding("utf8");
  t.teardown(() => socket.destroy());
  const head = `POST /mysfits/${EVANGELINE}/like HTTP/1.1\r\nHost: x\r\n`;
  socket.write(`${head}\r\n`);
  t.regex(String(await once(socket, "data")), /^HTTP\/1\.1 200 /);

  socket.write(`${head}Content-Length: 2\r\n\r\n{`);
  await pause(200);
  killAll(system.services.like);
  t.regex(String(await once(socket, "data")), /^HTTP\/1\.1 50[23] .*\{"error":"/s);
  t.is(await likesInTable(system, EVANGELINE), 1);
});

test.serial("the table restarts after a kill, and the services reconnect", async (t) => {
  const system = await run(t);
  const like = async () => (await fetch(`${system.address}/mysfits/${EVANGELINE}/like`, { method: "POST" })).status;
  t.is(await like(), 200);
  system.dynamodb.kill();
  await once(system.dynamodb, "ended");
  let sent = 1;
  await until(async () => {
    sent += 1;
    return (await like()) === 200;
  });
  const inTable = await likesInTable(system, EVANGELINE);
  t.true(inTable >= 2 && inTable <= sent, `${inTable} in the table, ${sent} sent`);
});

test.serial("likes persist across runs until a fresh start", async (t) => {
  const folder = dataFolder(t);
  const likesOfRun = async (fresh: boolean) => {
    const system = await startSystem({ settings, port: 0, folder, fresh, print: discardOutput });
    await fetch(`${system.address}/mysfits/${EVANGELINE}/like`, { method: "POST" });
    const likes = await likesInTable(system, EVANGELINE);
    await system.stop();
    return likes;
  };
  t.is(await likesOfRun(false), 1);
  t.is(await likesOfRun(false), 2);
  t.is(await likesOfRun(true), 1);
});

test.serial("a second runner on the same data is rejected, even with fresh, and does no harm", async (t) => {
  const folder = dataFolder(t);
  const system = await run(t, { folder });
  for (const fresh of [false, true]) {
    const error = await t.throwsAsync(startSystem({ settings, port: 0, folder, fresh, print: discardOutput }), {
      instanceOf: TableFolderError,
    });
    t.regex(error.message, /table is in use by another runner/);
  }
  t.is((await fetch(`${system.address}/mysfits/${EVANGELINE}/like`, { method: "POST" })).status, 200);
});

test.serial("a port in use is reported with a way to choose another", async (t) => {
  const folder = dataFolder(t);
  const { address } = await run(t);
  const port = Number(new URL(address).port);
  const error = await t.throwsAsync(startSystem({ settings, port, folder, print: discardOutput }), {
    instanceOf: StartError,
  });
  t.is(error.message, `port ${port} is already in use: choose another, as in PORT=8081 npm start`);
});

test.serial("a program that cannot start fails the start, and its output is printed", async (t) => {
  const lines: string[] = [];
  const broken = { ...settings, region: "nowhere" };
  const start = startSystem({ settings: broken, port: 0, folder: dataFolder(t), print: (line) => lines.push(line) });
  const error = await t.throwsAsync(start, { instanceOf: StartError });
  t.is(error.message, "monolith ended with exit code 1: its last lines say why");
  t.true(lines.some((line) => line.includes('AWS_REGION is "nowhere"')));
});

test.serial("stopping lets a like in progress finish", async (t) => {
  const system = await run(t);
  const { port } = new URL(system.address);
  const socket = connect(Number(port), "127.0.0.1").setEncoding("utf8");
  let answer = "";
  socket.on("data", (chunk) => {
    answer += chunk;
  });
  const closed = new Promise((resolve) => socket.once("close", resolve));
  await beginLike(socket);
  const stopped = system.stop();
  await pause(200);
  socket.write("}");
  await closed;
  const [, site, liked] = answer.split("HTTP/1.1 ");
  t.regex(site ?? "", /^200 /);
  t.regex(liked ?? "", /^200 .*\{"Update":"Success"\}$/s);
  await stopped;
});

test("a folder with other content is rejected with a remedy", async (t) => {
  const folder = dataFolder(t);
  await prepareTableFolder(folder, false);
  writeFileSync(join(folder, "CURRENT"), "nonsense");
  const error = await t.throwsAsync(prepareTableFolder(folder, false), { instanceOf: TableFolderError });
  t.regex(error.message, /cannot be opened \(.+\): start over with --fresh$/);
  await t.notThrowsAsync(prepareTableFolder(folder, true));
});

test("a fresh start does not open the table's folder while it is emptied", async (t) => {
  const folder = join(dataFolder(t), "table");
  for (let round = 0; round < 200; round++) {
    await t.notThrowsAsync(prepareTableFolder(folder, true));
  }
});

function killAll(service: EcsService): void {
  for (const { id } of service.tasks) {
    service.killTask(id);
  }
}
