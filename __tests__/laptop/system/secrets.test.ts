import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { readSecrets } from "../../../laptop/system/secrets.ts";
import { StartError } from "../../../laptop/system/start.ts";
import { startSystem } from "../../../laptop/system.ts";
import { defineServices } from "../../../model/services.ts";
import { loadSettings } from "../../../settings/load.ts";
import { dataFolder, discardOutput } from "../running-system.ts";

const SETTINGS = loadSettings({
  environment: "workshop",
  overrides: [
    "services.like.chaosMode=off",
    "services.like.secrets={API_TOKEN: /shop/token, FLAG: /shop/flag}",
    "services.monolith.secrets={PASSWORD: /shop/password}",
  ],
});

const CONTEXT = { region: "us-west-2", tableName: "mysfits", hostOf: () => "", siteOrigin: "" };

const SERVICES = Object.values(defineServices(SETTINGS, CONTEXT));

/** Writes `laptop.secrets.yaml` into a new folder, which is returned. */
function folderWith(t: ExecutionContext, text?: string): string {
  const folder = mkdtempSync(join(tmpdir(), "secrets-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  if (text !== undefined) {
    writeFileSync(join(folder, "laptop.secrets.yaml"), text);
  }
  return folder;
}

test("values are strings, even if they consist of digits", (t) => {
  const folder = folderWith(t, "like:\n  API_TOKEN: 0123\n  FLAG: on\n  UNUSED: x\nmonolith:\n  PASSWORD: 'a: b'\n");
  t.deepEqual(Object.fromEntries(readSecrets(SERVICES, folder)), {
    like: { API_TOKEN: "0123", FLAG: "on" },
    monolith: { PASSWORD: "a: b" },
  });
});

test("each missing value gets one line in the error, with or without a file", (t) => {
  const missing = (service: string, variable: string) =>
    `laptop.secrets.yaml has no value for ${variable} of the ${service} service: add it, as in docs/laptop.md`;
  const lines = [missing("like", "API_TOKEN"), missing("like", "FLAG"), missing("monolith", "PASSWORD")];
  t.throws(() => readSecrets(SERVICES, folderWith(t)), { instanceOf: StartError, message: lines.join("\n") });
  const folder = folderWith(t, "like:\n  FLAG: on\nmonolith:\n  PASSWORD:\n");
  t.throws(() => readSecrets(SERVICES, folder), { message: [lines[0], lines[2]].join("\n") });
});

test("an invalid file is rejected without quoting it", (t) => {
  for (const text of ["like: {API_TOKEN: hunter2", "like:\n  API_TOKEN: *hunter2\n", "hunter2", ""]) {
    const { message } = t.throws(() => readSecrets(SERVICES, folderWith(t, text)), { instanceOf: StartError });
    t.regex(message, /^laptop\.secrets\.yaml is not valid: expected "service:" lines/);
    t.notRegex(message, /hunter2/);
  }
});

test("without secrets in the settings, the file is not read", (t) => {
  const services = Object.values(defineServices(loadSettings({ environment: "workshop", overrides: [] }), CONTEXT));
  t.is(readSecrets(services, folderWith(t, "not: [valid")).size, 0);
});

test("git ignores the file", (t) => {
  t.is(
    execFileSync("git", ["check-ignore", "laptop.secrets.yaml"], { encoding: "utf8" }).trim(),
    "laptop.secrets.yaml",
  );
});

test("each task gets its service's values, and the console does not show them", async (t) => {
  const secretsFolder = folderWith(t, "like: {API_TOKEN: hunter2, FLAG: on}\nmonolith: {PASSWORD: swordfish}\n");
  const system = await startSystem({
    settings: SETTINGS,
    port: 0,
    folder: dataFolder(t),
    secretsFolder,
    observability: false,
    print: discardOutput,
  });
  t.teardown(system.stop);
  const { like, monolith } = system.services;
  for (const { pid } of like.tasks) {
    t.regex(environmentOf(pid), /\bAPI_TOKEN=hunter2\b/);
    t.notRegex(environmentOf(pid), /swordfish/);
  }
  t.regex(environmentOf(monolith.tasks[0]?.pid), /\bPASSWORD=swordfish\b/);
  t.false("API_TOKEN" in like.environment, "the page Tasks shows this environment");
});

test("a system whose secrets are missing leaves nothing running", async (t) => {
  const options = {
    settings: SETTINGS,
    port: 0,
    folder: dataFolder(t),
    secretsFolder: folderWith(t),
    print: discardOutput,
  };
  await t.throwsAsync(startSystem({ ...options, observability: true }), { instanceOf: StartError });
});

/** Command line and environment of a process. */
function environmentOf(pid: number | undefined): string {
  return execFileSync("ps", ["eww", "-o", "command=", "-p", String(pid)], { encoding: "utf8" });
}
