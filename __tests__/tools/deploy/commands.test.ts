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

test("without Terraform, the commands print the required version", async (t) => {
  const { code, output } = await deploy(["plan"], { MYSFITS_ENV: "emulator", PATH: "" }, { log: "no-terraform" });
  t.is(code, 1);
  t.regex(output, /^Terraform 1\.10 or later is required: no terraform on the PATH/);
});
