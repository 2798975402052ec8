import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { BARE_ENVIRONMENT } from "../../bare-environment.ts";

const ROOT = join(import.meta.dirname, "../../..");

test("without checkov, the scan fails with the command that installs it", (t) => {
  const outdir = mkdtempSync(join(tmpdir(), "scan-"));
  t.teardown(() => rmSync(outdir, { recursive: true }));
  const { status, stderr } = spawnSync(process.execPath, [join(ROOT, "tools/scan/main.ts")], {
    encoding: "utf8",
    env: { ...BARE_ENVIRONMENT, PATH: outdir, CDKTF_OUTDIR: outdir },
  });
  t.is(stderr, "checkov is not installed: pip install -r tools/scan/requirements.txt\n");
  t.is(status, 1);
  t.true(readdirSync(join(outdir, "stacks")).includes("load-generator"));
});

test("help works without checkov, and an argument is rejected", (t) => {
  const scan = (argument: string) =>
    spawnSync(process.execPath, [join(ROOT, "tools/scan/main.ts"), argument], {
      encoding: "utf8",
      env: { ...BARE_ENVIRONMENT, PATH: "" },
    });
  const help = scan("--help");
  t.is(help.status, 0);
  t.regex(help.stdout, /^Usage: npm run scan --.*checkov/s);
  const rejected = scan("workshop");
  t.is(rejected.status, 1);
  t.regex(rejected.stderr, /too many arguments/);
});
