import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { parse } from "yaml";
import { resources, synthesize } from "../../synth.ts";

const ROOT = join(import.meta.dirname, "../../..");

interface Buildspec {
  readonly phases: Readonly<Record<string, { readonly commands: readonly string[] }>>;
  readonly reports?: Readonly<Record<string, unknown>>;
}

/** Environment variables that CodePipeline and CodeBuild set, in addition to those of the project. */
const PREDEFINED = ["PWD", "PATH", "COMMIT", "CODEBUILD_SRC_DIR_Release"];

interface Project {
  readonly name: string;
  readonly source: { readonly buildspec: string };
  readonly environment: { readonly environment_variable: readonly { readonly name: string }[] };
}

const { delivery } = synthesize("workshop");
const projects = resources(delivery, "aws_codebuild_project") as unknown as readonly Project[];

test("every project's buildspec exists, and so does every script that it runs", (t) => {
  t.is(projects.length, 3);
  for (const { source } of projects) {
    const scripts = commandsOf(source.buildspec).match(/tools\/delivery\/\S+\.ts/g) ?? [];
    t.true(scripts.length > 0, source.buildspec);
    for (const script of scripts) {
      t.true(existsSync(join(ROOT, script)), script);
    }
  }
});

test("a buildspec uses exactly the variables that its project sets", (t) => {
  for (const { name, source, environment } of projects) {
    const used = [...commandsOf(source.buildspec).matchAll(/\$(\w+)/g)].map(([, variable]) => variable as string);
    const own = [...new Set(used)].filter((variable) => !PREDEFINED.includes(variable));
    t.deepEqual(own.sort(), environment.environment_variable.map(({ name }) => name).sort(), name);
  }
});

test("every report has a report group", (t) => {
  const groups = resources(delivery, "aws_codebuild_report_group").map(({ name }) => name);
  const expected = projects.flatMap(({ name, source }) =>
    Object.keys(read(source.buildspec).reports ?? {}).map((report) => `${name}-${report}`),
  );
  t.deepEqual(groups.sort(), expected.sort());
});

function commandsOf(buildspec: string): string {
  return Object.values(read(buildspec).phases)
    .flatMap(({ commands }) => commands)
    .join("\n");
}

function read(buildspec: string): Buildspec {
  return parse(readFileSync(join(ROOT, buildspec), "utf8")) as Buildspec;
}
