import { spawnSync } from "node:child_process";
import test, { type ExecutionContext } from "ava";
import { terraformProblem } from "../../../tools/deploy/terraform.ts";
import { testNeeding } from "../../needs.ts";
import { ProjectCopy } from "../../project-copy.ts";

// Input that the commands reject before they send a request to AWS.

const ACCOUNT = "account=123456789012";

const testWithTerraform = testNeeding(terraformProblem);

for (const [setting, message] of [
  ["protection=on", 'protection is "on" in workshop: expected "off", because destroying a workshop deletes its data'],
  ["sharedFrom=production", 'sharedFrom is "production" in workshop: expected none, '],
  [
    "site={domain: a.example.com, hostedZoneId: Z0123456789ABC}",
    'site.domain is "a.example.com" in workshop: expected none, ',
  ],
] as const) {
  test(`a base with ${setting} is rejected`, (t) => {
    for (const command of ["plan --participants=2", "deploy", "status", "destroy"]) {
      rejects(t, message, [...command.split(" "), "--set", ACCOUNT, "--set", setting]);
    }
  });
}

test("a production environment and the placeholder account are rejected", (t) => {
  for (const command of [
    ["plan", "--participants=2"],
    ["destroy", "--auto-approve"],
  ]) {
    rejects(t, 'the environment is "production": expected one for a workshop, ', command, "production");
  }
  rejects(t, 'account is "000000000000": expected the 12 digits of your AWS account, ', ["deploy"]);
});

testWithTerraform("without participants, a terminal, or a name of its own, nothing is deployed", async (t) => {
  rejects(t, "no environment has sharedFrom: workshop: add --participants to create them", [
    "deploy",
    "--set",
    ACCOUNT,
  ]);
  rejects(t, "cannot ask for approval without a terminal: add --auto-approve to apply without approval", [
    ...["deploy", "--participants", "2", "--set", ACCOUNT],
  ]);
  rejects(t, "cannot ask for approval without a terminal: add --auto-approve ", ["destroy", "--set", ACCOUNT]);

  const copy = new ProjectCopy(t);
  const settings = copy.read("settings/workshop.yaml");
  copy.write("settings/p02.yaml", settings);
  const deploy = (...args: string[]) =>
    copy.run("node", ["tools/workshop/main.ts", "deploy", "--auto-approve", ...args, "--set", ACCOUNT], {
      MYSFITS_ENV: "workshop",
    });
  await t.throwsAsync(deploy("--participants", "2"), {
    message: /settings\/p02\.yaml exists and is not a participant: expected sharedFrom: workshop/,
  });
  copy.write(
    "settings/p02.yaml",
    settings.replace("region:", "sharedFrom: workshop\nregion:").replaceAll("us-west-2", "us-west-1"),
  );
  await t.throwsAsync(deploy(), {
    message: /^p02: region is "us-west-1": expected "us-west-2", as in workshop, which sharedFrom names$/m,
  });
  copy.write("settings/p02.yaml", settings.replace('protection: "off"', 'protection: "on"\nsharedFrom: workshop'));
  await t.throwsAsync(deploy(), { message: /protection is "on" in p02: expected "off"/ });
  copy.write("settings/p01.yaml", settings);
  await t.throwsAsync(
    copy.run("node", ["tools/workshop/main.ts", "plan", "--participants", "2"], { MYSFITS_ENV: "p01" }),
    { message: /^the environment is "p01": expected another name for a base, because participants are p01 to p99$/m },
  );
});

function rejects(t: ExecutionContext, message: string, args: readonly string[], environment = "workshop"): void {
  const { status, stderr } = spawnSync(process.execPath, ["tools/workshop/main.ts", ...args], {
    encoding: "utf8",
    env: { ...process.env, MYSFITS_ENV: environment, MYSFITS_SET: "" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  t.is(status, 1);
  t.true(stderr.startsWith(message), stderr);
}
