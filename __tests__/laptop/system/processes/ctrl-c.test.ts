import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import test from "ava";
import { BARE_ENVIRONMENT } from "../../../bare-environment.ts";

const MODULE = new URL("../../../../laptop/system/processes/ctrl-c.ts", import.meta.url);
const PROGRAM = `import { onCtrlC } from ${JSON.stringify(MODULE.href)};
const running = setInterval(() => {}, 1000);
onCtrlC(() => {
  console.log("stopping");
  clearInterval(running);
});
console.log("running");`;

test("a program stops when the shell that npm started it with is terminated", async (t) => {
  const shell = spawn("sh", ["-c", '"$0" --input-type=module --eval "$1"; :', process.execPath, PROGRAM], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...BARE_ENVIRONMENT, npm_lifecycle_event: "start" },
  });
  const lines: string[] = [];
  for await (const line of createInterface({ input: shell.stdout })) {
    lines.push(line);
    if (line === "running") {
      shell.kill("SIGTERM");
    }
  }
  t.deepEqual(lines, ["running", "stopping"]);
});
