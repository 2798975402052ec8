// Compares a whole synth of this project with the same app as `cdktf init` sets it up: ts-node, and the AWS provider
// imported from its root. The second app is generated from the first, so it cannot fall behind.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, globSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { benchmark, inRounds, median, ratio } from "./benchmark.ts";

const { smoke, report } = benchmark("bench:synth", "Compares synth with the default setup of cdktf: time and memory.");
const ROOT = join(import.meta.dirname, "../..");
const TWIN = join(ROOT, "node_modules", ".cache", "bench-synth");
/** As in cdktf.json. */
const FAST_SYNTH = "./tools/packages/fast-synth.mjs";
const TS_NODE = ["ts-node@10.9.2", "typescript@5.9.3"];

interface Run {
  readonly seconds: number;
  readonly megabytes: number;
}

writeTwin();
const { project, template } = await inRounds(smoke ? 0 : 5, {
  project: () => measure(ROOT, ["--import", FAST_SYNTH, "--max-semi-space-size=1", "--v8-pool-size=0", "main.ts"]),
  template: () => measure(TWIN, [join("node_modules", "ts-node", "dist", "bin.js"), "main.ts"]),
});
const seconds = (runs: readonly Run[]) => runs.map((run) => run.seconds);
const megabytes = (runs: readonly Run[]) => runs.map((run) => run.megabytes);
report({
  "project.seconds": median(seconds(project)),
  "project.megabytes": median(megabytes(project)),
  "template.seconds": median(seconds(template)),
  "template.megabytes": median(megabytes(template)),
  "ratio.seconds": ratio(seconds(template), seconds(project)),
  "ratio.megabytes": ratio(megabytes(template), megabytes(project)),
});

/** Runs a program to its end. Its peak memory is the one that the process reports on exit. */
function measure(cwd: string, args: readonly string[]): Run {
  const outdir = join(TWIN, "out");
  rmSync(outdir, { recursive: true, force: true });
  const reportFile = join(TWIN, "report.json");
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd,
    encoding: "utf8",
    env: {
      ...process.env,
      CDKTF_OUTDIR: outdir,
      NODE_OPTIONS: `--require ${join(TWIN, "report.cjs")}`,
      REPORT: reportFile,
      ...(smoke && { TS_NODE_TRANSPILE_ONLY: "1" }),
    },
  });
  const seconds = (performance.now() - started) / 1000;
  if (status !== 0) {
    throw new Error(`${args.join(" ")} in ${cwd} exited with ${status}:\n${stderr}`);
  }
  return { seconds, megabytes: JSON.parse(readFileSync(reportFile, "utf8")).maxRSS / 1024 };
}

function writeTwin(): void {
  mkdirSync(TWIN, { recursive: true });
  for (const old of readdirSync(TWIN).filter((name) => name !== "node_modules")) {
    rmSync(join(TWIN, old), { recursive: true });
  }
  for (const file of globSync(["main.ts", "{settings,model,stacks,modules,lambda}/**/*.ts"], { cwd: ROOT })) {
    const target = join(TWIN, file);
    mkdirSync(join(target, ".."), { recursive: true });
    writeFileSync(target, asTemplateWouldHaveIt(readFileSync(join(ROOT, file), "utf8")));
  }
  for (const data of ["web", "package-lock.json", ...globSync("settings/*.yaml", { cwd: ROOT })]) {
    cpSync(join(ROOT, data), join(TWIN, data), { recursive: true });
  }
  writeFileSync(join(TWIN, "package.json"), JSON.stringify({ private: true }));
  writeFileSync(
    join(TWIN, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        target: "ES2022",
        module: "CommonJS",
        moduleResolution: "node10",
        esModuleInterop: true,
        strict: true,
        skipLibCheck: true,
        lib: ["ES2024"],
        types: ["node"],
      },
    }),
  );
  writeFileSync(
    join(TWIN, "report.cjs"),
    'process.on("exit", () => require("fs").writeFileSync(process.env.REPORT, JSON.stringify(process.resourceUsage())));',
  );
  installTsNode();
}

/** Installs ts-node next to the generated app, once per version. */
function installTsNode(): void {
  const marker = join(TWIN, "node_modules", `.${TS_NODE.join("_")}`);
  if (!existsSync(marker)) {
    console.log("installing ts-node for the comparison …");
    execFileSync("npm", ["install", "--no-save", "--no-audit", "--no-fund", ...TS_NODE], {
      cwd: TWIN,
      stdio: "ignore",
    });
    writeFileSync(marker, "");
  }
}

/** Rewrites a native TypeScript module with provider resources imported one by one to CommonJS with the whole provider. */
function asTemplateWouldHaveIt(source: string): string {
  return source
    .replace(/import (?:type )?\{([^}]+)\} from "#aws\/([\w-]+)";/g, (_, names: string, folder: string) => {
      const group = folder.replace(/-(\w)/g, (_match, letter: string) => letter.toUpperCase());
      const aliases = names
        .split(",")
        .map((name) => name.trim().replace(/^type /, ""))
        .filter(Boolean)
        .map((name) => name.split(" as "));
      return `import { ${group} as ${group}Group } from "@cdktf/provider-aws";\n${aliases.map(([name, alias = name]) => `import ${alias} = ${group}Group.${name};`).join("\n")}`;
    })
    .replaceAll('from "#cdktf"', 'from "cdktf"')
    .replace(/(from "\.[^"]*)\.ts"/g, '$1"')
    .replaceAll("import.meta.dirname", "__dirname")
    .replace(/import\.meta\.(url|filename)/g, "__filename");
}
