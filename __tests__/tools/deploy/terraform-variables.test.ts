import test from "ava";
import { terraformVariableProblem } from "../../../tools/deploy/terraform-variables.ts";
import { deploy } from "./cli.ts";

for (const [environment, problem] of [
  [
    { TF_WORKSPACE: "dev" },
    'TF_WORKSPACE is "dev": expected none, because an environment\'s stacks have one state each',
  ],
  [{ TF_DATA_DIR: "/tmp/x" }, 'TF_DATA_DIR is "/tmp/x": expected none, because every stack has a folder of its own'],
  [{ TF_CLI_ARGS: "-json" }, /^TF_CLI_ARGS is "-json": expected only -parallelism, /],
  [{ TF_CLI_ARGS_plan: "-no-color -destroy" }, /^TF_CLI_ARGS_plan is "-no-color -destroy": expected only /],
  [{ TF_CLI_ARGS_init: "-backend-config=key=x" }, /^TF_CLI_ARGS_init is /],
  [{ TF_CLI_ARGS_apply: " -parallelism=5  -lock-timeout=5m ", TF_CLI_ARGS: "", TF_WORKSPACE: "default" }, undefined],
  [{ TF_LOG: "trace", TF_CLI_CONFIG_FILE: "/tmp/x.tfrc" }, undefined],
] as const) {
  test(`${JSON.stringify(environment)} is ${problem === undefined ? "accepted" : "rejected by name"}`, (t) => {
    const found = terraformVariableProblem(environment);
    if (problem instanceof RegExp) {
      t.regex(found ?? "", problem);
    } else {
      t.is(found, problem);
    }
  });
}

test("the commands reject them before they change anything", async (t) => {
  const { code, output } = await deploy(
    ["plan"],
    { MYSFITS_ENV: "emulator", TF_WORKSPACE: "dev" },
    { log: "terraform-workspace" },
  );
  t.is(code, 1);
  t.regex(output, /^TF_WORKSPACE is "dev": /);
});
