import { execFile, spawnSync } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { testNeeding } from "../../needs.ts";

const test = testNeeding(
  spawnSync("python3", ["--version"]).error && "a terminal needs Python 3: no python3 on the PATH",
);

const PROGRAM = `
const { approval } = await import("./tools/deploy/run.ts");
setTimeout(() => process.kill(process.pid, "SIGHUP"), 500);
await approval(false)("network: 1 to add. Apply").catch((error) => console.log(error.message));
`;

/** Runs the program, and then prints the settings of its terminal. */
const TERMINAL = `
import os, pty, sys
pty.spawn(["sh", "-c", '"$0" --input-type=module --eval "$1"; stty -a', *sys.argv[1:]], lambda fd: os.read(fd, 1024), lambda fd: b"")
`;

test("an interrupted approval changes nothing, and leaves the terminal as it was", async (t) => {
  const { stdout } = await promisify(execFile)("python3", ["-c", TERMINAL, process.execPath, PROGRAM], {
    cwd: join(import.meta.dirname, "../../.."),
  });
  t.regex(stdout, /Only "yes" is accepted: .*interrupted, so nothing more was changed/s);
  t.regex(stdout, / icanon /);
});
