import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { text } from "node:stream/consumers";
import { Command } from "commander";
import { toJUnit } from "./junit.ts";

const { report } = new Command("node tools/delivery/test.ts")
  .description("Runs the tests and writes a report for CodeBuild.")
  .requiredOption("--report <file>", "file for the JUnit XML")
  .parse()
  .opts<{ report: string }>();

const tests = spawn("npx", ["ava", "--tap"], { stdio: ["ignore", "pipe", "inherit"] });
tests.stdout.pipe(process.stdout);
const [tap, [code]] = await Promise.all([text(tests.stdout), once(tests, "close")]);
await mkdir(dirname(report), { recursive: true });
await writeFile(report, toJUnit({ tap, code }));
process.exitCode = code ?? 1;
