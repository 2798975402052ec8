// Runs a Lambda handler once: node lambda-runtime.mjs FILE.FUNCTION ANSWER-FILE < event.json, in the function's folder.
import { existsSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { json } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

const [handler, answerFile] = process.argv.slice(2);
const [file, name] = handler.split(".");
const source = [".mjs", ".js", ".cjs"].map((ending) => resolve(file + ending)).find((path) => existsSync(path));

try {
  const module = await import(pathToFileURL(source).href);
  const run = module[name] ?? module.default[name];
  const context = { functionName: process.env.AWS_LAMBDA_FUNCTION_NAME };
  answer((await run(await json(process.stdin), context)) ?? null);
} catch (error) {
  console.error(error);
  answer({ errorMessage: error.message, errorType: error.name });
  process.exitCode = 1;
}

function answer(value) {
  writeFileSync(answerFile, JSON.stringify(value));
}
