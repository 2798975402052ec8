import { join } from "node:path";
import { terraformProblem } from "../../../tools/deploy/terraform.ts";
import { motoProblem, startEmulator } from "../../../tools/emulator/emulator.ts";
import { EMULATED_ACCOUNT } from "../../../tools/emulator/environment.ts";
import { testNeeding } from "../../needs.ts";
import { ARTIFACTS, deploy } from "./cli.ts";

// deployment.test.ts bootstraps an environment whose bucket does not exist yet, with an interruption.

const test = testNeeding(terraformProblem, motoProblem);

const STATE_BUCKET = `mysfits-emulator-state-${EMULATED_ACCOUNT}`;

test("a state bucket of another account is rejected before anything is created", async (t) => {
  const emulator = await startEmulator();
  t.teardown(emulator.stop);
  const made = await fetch(`${emulator.endpoint}/${STATE_BUCKET}`, {
    method: "PUT",
    headers: { "x-moto-account-id": "999999999999" },
  });
  t.is(made.status, 200);
  const { code, output } = await deploy(
    ["bootstrap", "--auto-approve"],
    {
      MYSFITS_ENV: "emulator",
      MYSFITS_SET: `emulator=${emulator.endpoint}`,
      CDKTF_OUTDIR: join(ARTIFACTS, "bootstrap.out"),
    },
    { log: "bootstrap-foreign" },
  );
  t.is(code, 1);
  const [bucket] = /^ {2}stop +state bucket .*$/m.exec(output) ?? [];
  t.true(
    bucket?.endsWith(
      `bucket ${STATE_BUCKET} exists, but account ${EMULATED_ACCOUNT} does not own it or your credentials may not see it`,
    ),
    output,
  );
  t.regex(output, /\npreflight found what would make the deployment fail, so nothing was changed\n$/);
  t.notRegex(output, /^state: |^created /m);
});
