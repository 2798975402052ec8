// Runs a Lambda handler as AWS's Node.js runtime does: fetches events from the Runtime API and posts the results. Works
// with the emulator and with AWS's Runtime Interface Emulator. Source: Lambda developer guide, "Using the Lambda runtime
// API for custom runtimes", and aws-lambda-nodejs-runtime-interface-client (format of errors, exit codes).
import { existsSync } from "node:fs";
import { request } from "node:http";
import { resolve } from "node:path";
import { buffer } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

const { AWS_LAMBDA_RUNTIME_API, LAMBDA_TASK_ROOT = ".", _HANDLER = "" } = process.env;
const UNHANDLED_REJECTION = 128;
const UNCAUGHT_EXCEPTION = 129;

let invocation;
process.on("unhandledRejection", (reason) =>
  exit(
    { ...describe(reason), errorType: "Runtime.UnhandledPromiseRejection", errorMessage: String(reason) },
    UNHANDLED_REJECTION,
  ),
);
process.on("uncaughtException", (error) => exit(describe(error), UNCAUGHT_EXCEPTION));

const handler = await load();
while (true) {
  const { headers, body } = await call("GET", "invocation/next");
  invocation = headers["lambda-runtime-aws-request-id"];
  try {
    const result = await handler(JSON.parse(body), contextOf(headers));
    await call("POST", `invocation/${invocation}/response`, JSON.stringify(result ?? null));
  } catch (error) {
    console.error(error);
    await call("POST", `invocation/${invocation}/error`, JSON.stringify(describe(error)));
  }
  invocation = undefined;
}

async function load() {
  const [file, name] = _HANDLER.split(".");
  const source = [".mjs", ".js", ".cjs"].map((ending) => resolve(LAMBDA_TASK_ROOT, file + ending)).find(existsSync);
  if (source === undefined) {
    return exit(
      { errorType: "Runtime.ImportModuleError", errorMessage: `Error: Cannot find module '${file}'`, trace: [] },
      1,
    );
  }
  try {
    const module = await import(pathToFileURL(source).href);
    const found = module[name] ?? module.default?.[name];
    return (
      found ??
      exit(
        { errorType: "Runtime.HandlerNotFound", errorMessage: `${_HANDLER} is undefined or not exported`, trace: [] },
        1,
      )
    );
  } catch (error) {
    console.error(error);
    return exit(describe(error), 1);
  }
}

function contextOf(headers) {
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    awsRequestId: headers["lambda-runtime-aws-request-id"],
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

function describe(error) {
  return error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? "").split("\n") }
    : { errorType: typeof error, errorMessage: String(error), trace: [] };
}

/** Reports an error that ends the process, for the current invocation or for the initialization. */
async function exit(error, code) {
  const path = invocation === undefined ? "init/error" : `invocation/${invocation}/error`;
  await call("POST", path, JSON.stringify(error));
  process.exit(code);
}

/** Calls the Runtime API. A client without timeouts, because an event can take any time to arrive. */
async function call(method, path, body) {
  const { promise, resolve: done } = Promise.withResolvers();
  const outgoing = request(`http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/${path}`, { method }, done);
  outgoing.on("error", () => process.exit(1)); // the Runtime API is gone
  outgoing.end(body);
  const incoming = await promise;
  return { headers: incoming.headers, body: (await buffer(incoming)).toString() };
}
