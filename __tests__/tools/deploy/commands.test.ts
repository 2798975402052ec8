import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test from "ava";
import { deploy } from "./cli.ts";

// Input that the commands reject before they change anything. No account and no emulator is needed.

test("every command rejects the placeholder account", async (t) => {
  for (const command of ["bootstrap", "plan", "deploy", "destroy"]) {
    const { code, output } = await deploy([command], { MYSFITS_ENV: "workshop" }, { log: "placeholder" });
    t.is(code, 1);
    t.regex(
      output,
      /^account is "000000000000": expected the 12 digits of your AWS account, in settings\/workshop\.yaml/,
    );
  }
});

test("an invalid setting is rejected by name", async (t) => {
  const { code, output } = await deploy(
    ["plan", "--set", "services.like.logLevel=LOUD"],
    { MYSFITS_ENV: "emulator" },
    { log: "bad-setting" },
  );
  t.is(code, 1);
  t.regex(output, /^services\.like\.logLevel is "LOUD": expected /);
});

test("an invalid setting does not discard the last plans", async (t) => {
  const outdir = mkdtempSync(join(tmpdir(), "plans-"));
  t.teardown(() => rmSync(outdir, { recursive: true }));
  const index = join(outdir, "plans", "index.json");
  mkdirSync(dirname(index));
  writeFileSync(index, "{}");
  const environment = { MYSFITS_ENV: "emulator", CDKTF_OUTDIR: outdir };
  const { code } = await deploy(["plan", "--set", "foo=1"], environment, { log: "bad-setting" });
  t.is(code, 1);
  t.true(existsSync(index));
});

test("an environment that shares the resources of a missing one is rejected before Terraform plans it", async (t) => {
  const outdir = mkdtempSync(join(tmpdir(), "missing-base-"));
  t.teardown(() => rmSync(outdir, { recursive: true }));
  const environment = { MYSFITS_ENV: "emulator", MYSFITS_SET: "sharedFrom=instructor", CDKTF_OUTDIR: outdir };
  const message = 'sharedFrom is "instructor": expected another environment in settings/: production, workshop\n';
  for (const command of ["plan", "preflight"]) {
    t.deepEqual(await deploy([command], environment, { log: "missing-base" }), { code: 1, output: message });
  }
  const synth = spawnSync(process.execPath, [join(import.meta.dirname, "../../../main.ts")], {
    env: { ...process.env, ...environment },
    encoding: "utf8",
  });
  t.like(synth, { status: 1, stdout: "", stderr: message });
});

test("without Terraform, the commands print the required version", async (t) => {
  const { code, output } = await deploy(["plan"], { MYSFITS_ENV: "emulator", PATH: "" }, { log: "no-terraform" });
  t.is(code, 1);
  t.regex(output, /^Terraform 1\.10 or later is required: no terraform on the PATH/);
});
