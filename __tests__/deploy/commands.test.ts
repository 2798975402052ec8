import test from "ava";
import { deploy } from "./cli.ts";

// What the commands refuse before they touch anything; none of this needs an account or an emulator.

test("the placeholder account is refused by every command", async (t) => {
  for (const command of ["bootstrap", "plan", "deploy", "destroy"]) {
    const { code, output } = await deploy([command], { MYSFITS_ENV: "workshop" }, { log: "placeholder" });
    t.is(code, 1);
    t.regex(
      output,
      /^account is "000000000000": expected the 12 digits of your AWS account, in settings\/workshop\.yaml/,
    );
  }
});

test("a bad setting is refused by its name", async (t) => {
  const { code, output } = await deploy(
    ["plan", "--set", "services.like.logLevel=LOUD"],
    { MYSFITS_ENV: "emulator" },
    { log: "bad-setting" },
  );
  t.is(code, 1);
  t.regex(output, /^services\.like\.logLevel is "LOUD": expected /);
});

test("without Terraform the commands say what is needed", async (t) => {
  const { code, output } = await deploy(["plan"], { MYSFITS_ENV: "emulator", PATH: "" }, { log: "no-terraform" });
  t.is(code, 1);
  t.regex(output, /^Terraform 1\.10 or later is needed: no terraform on the PATH/);
});
