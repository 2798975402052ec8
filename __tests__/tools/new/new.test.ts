import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { testNeeding } from "../../needs.ts";
import { ProjectCopy, startLaptop } from "../../project-copy.ts";
import { resources } from "../../synth.ts";

const test = testNeeding();

const NEW = ["tools/new/main.ts"];

test("a new service is typed, tested, synthesized, and answers on the laptop", async (t) => {
  t.timeout(10 * 60 * 1000, "checks types, synthesizes, and starts the laptop in a copy");
  const copy = new ProjectCopy(t);
  const output = await copy.run("node", [...NEW, "service", "badge", "--blue-green"]);
  for (const file of ["service/badge/main.ts", "model/services.ts", "settings/workshop.yaml", "docs/settings.md"]) {
    t.true(output.includes(`  ${file}\n`), file);
  }
  await copy.run("tsc", []);
  await copy.run("biome", ["check", "service", "model", "settings", "__tests__/service/badge.test.ts"]);
  await copy.run("ava", [
    "__tests__/service/badge.test.ts",
    "__tests__/docs/settings.test.ts",
    "__tests__/model/runbook.test.ts",
  ]);
  for (const environment of ["workshop", "production", "emulator"]) {
    const { services, delivery } = await copy.synthesize(environment);
    t.is(resources(services, "aws_ecs_service").length, 3);
    t.is(resources(delivery, "aws_codepipeline").length, 3);
    const groups = resources(services, "aws_lb_target_group").map(({ name }) => String(name));
    t.true(groups.includes(`mysfits-${environment}-badge-green`));
  }
  const { address } = await startLaptop(t, copy);
  t.deepEqual(await (await fetch(`${address}/badge/7`)).json(), { service: "badge", id: "7" });
});

test("a name that cannot be added is rejected, and nothing is written", async (t) => {
  const copy = new ProjectCopy(t);
  for (const [args, message] of [
    [["service", "like"], /name is "like": service\/like already exists/],
    [["service", "Badge"], /name is "Badge": expected at most 11 lowercase letters/],
    [["service", "badges", "--blue-green"], /name is "badges": expected at most 5 lowercase letters/],
    [
      ["service", "badge", "--path", "/mysfits/*"],
      /--path is "\/mysfits\/\*": expected a pattern apart from \/mysfits/,
    ],
    [["service", "a--b"], /name is "a--b": expected .* single hyphens between them/],
    [["service", "9lives"], /name is "9lives": expected .* beginning with a letter/],
    [["service", "shared"], /name is "shared": service\/shared already exists/],
    [
      ["service", "search"],
      /name is "search": expected another name, because the log search has alarms with this name/,
    ],
    [
      ["service", "aws"],
      /name is "aws": expected another name, because the services stack has a provider with this name/,
    ],
    [["service", "constructor"], /name is "constructor": expected another name, because every JavaScript object has/],
    [
      ["service", "images"],
      /--path is "\/images\/\*": expected a pattern apart from \/images, which belongs to the site/,
    ],
    [
      ["service", "badge", "--path", "badge"],
      /--path is "badge": expected a pattern such as \/badge\/\*, of at most 128/,
    ],
    [["service", "badge", "--path", "/badge/../*"], /--path is "\/badge\/\.\.\/\*": expected a pattern such as/],
    [
      ["service", "badge", "--path", `/${"b".repeat(126)}/*`],
      /: expected a pattern such as \/badge\/\*, of at most 128/,
    ],
    [["service", "badge", "pin"], /too many arguments/],
    [["environment", "thirteenchars"], /name is "thirteenchars": expected a name of at most 12 lowercase letters/],
    [["environment", "team-2"], /name is "team-2": expected a name of at most 12 lowercase letters and digits/],
    [["environment", "workshop"], /settings\/workshop\.yaml already exists/],
    [["environment", "paws"], /name is "paws": expected a name without "aws", which Cognito reserves/],
    [
      ["environment", "mine", "--from", "nothing"],
      /--from is "nothing": expected one of the environments emulator, production, and workshop/,
    ],
  ] as const) {
    await t.throwsAsync(copy.run("node", [...NEW, ...args]), { message }, args.join(" "));
  }
  copy.write("settings/pets.yaml", `${copy.read("settings/workshop.yaml")}project: {prefix: petstore}\n`);
  await t.throwsAsync(copy.run("node", [...NEW, "environment", "production12", "--from", "pets"]), {
    message: /project\.prefix is "petstore": expected at most 7 characters in the environment "production12"/,
  });
  copy.write("settings/pets.yaml", "region: mars");
  await t.throwsAsync(copy.run("node", [...NEW, "environment", "mine", "--from", "pets"]), {
    message: /^region is "mars": expected an AWS region such as us-west-2$/m,
  });
  for (const file of ["service/badge", "service/badges", "settings/mine.yaml", "settings/paws.yaml"]) {
    t.false(existsSync(join(copy.folder, file)), file);
  }
});

test("a file that cannot be written is reported in one line", async (t) => {
  const copy = new ProjectCopy(t);
  mkdirSync(join(copy.folder, "settings/mine.yaml"));
  await t.throwsAsync(copy.run("node", [...NEW, "environment", "mine"]), {
    message:
      /^node \S+ environment mine failed:\nexpected files of the project that can be read and written: E\w+: .*\n$/,
  });
});

test("services are appended, and nothing else in the settings changes", async (t) => {
  const copy = new ProjectCopy(t);
  const files = ["workshop", "production", "emulator"].map((name) => `settings/${name}.yaml`);
  const before = files.map((file) => copy.read(file).split("\n"));
  await copy.run("node", [...NEW, "service", "badge"]);
  await copy.run("node", [...NEW, "service", "true"]);
  for (const [index, file] of files.entries()) {
    const lines = copy.read(file).split("\n");
    const start = lines.indexOf("  badge:");
    const length = lines.indexOf('  "true":') - start;
    t.true(length > 1, file);
    t.deepEqual(lines.slice(start + 1, start + length), lines.slice(start + length + 1, start + 2 * length));
    t.deepEqual([...lines.slice(0, start), ...lines.slice(start + 2 * length)], before[index]);
  }
  const rows = copy.read("docs/settings.md").match(/(?<=services\.)[\w"]+(?=\.cpu)/g);
  t.deepEqual(rows, ["like", "monolith", "badge", "true"]);
});

test("an option that npm consumes is rejected, and nothing is written", async (t) => {
  const copy = new ProjectCopy(t);
  await t.throwsAsync(copy.run("npm", ["run", "new", "service", "badge", "--blue-green"]), {
    message: /npm consumed --blue-green: expected -- before it/,
  });
  t.false(existsSync(join(copy.folder, "service/badge")));
});

test("a new environment has the settings of the one that it is copied from", async (t) => {
  const copy = new ProjectCopy(t);
  await copy.run("node", [...NEW, "environment", "staging", "--from", "production"]);
  t.is(copy.read("settings/staging.yaml"), copy.read("settings/production.yaml"));
  const { services } = await copy.synthesize("staging");
  t.true(resources(services, "aws_ecs_service").some(({ name }) => name === "mysfits-staging-like"));
});
