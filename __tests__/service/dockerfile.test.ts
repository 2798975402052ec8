import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { build } from "esbuild";
import { PROGRAMS } from "../../model/programs.ts";

const ROOT = join(import.meta.dirname, "..", "..");

test("the Dockerfile copies every source file that bundling a program needs", async (t) => {
  const entryPoints = ["service/bundle.ts", ...PROGRAMS.map(({ name }) => `service/${name}/main.ts`)];
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints,
    outdir: "unused",
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  const lines = (file: string) => readFileSync(join(ROOT, file), "utf8").split("\n");
  const copied = lines("service/Dockerfile").flatMap((line) => /^COPY (\w+) \1$/.exec(line)?.[1] ?? []);
  const sent = lines(".dockerignore").flatMap((line) => /^!(\w+)(\/\*\.ts)?$/.exec(line)?.[1] ?? []);
  t.deepEqual(sent, copied);
  const needed = Object.keys(metafile.inputs);
  t.true(needed.includes("model/programs.ts"));
  t.deepEqual(
    needed.filter((file) => !copied.some((folder) => file.startsWith(`${folder}/`))),
    [],
  );
});
