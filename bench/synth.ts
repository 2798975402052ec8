// npm run bench:synth: a whole synth as this project runs it, next to the same app as `cdktf init` would have set it up:
// ts-node, and the AWS provider imported from its root. The second is written here from the first, so it cannot fall behind.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");
const TWIN = join(ROOT, "node_modules", ".cache", "bench-synth");
const ROUNDS = 5;

interface Run {
  readonly seconds: number;
  readonly megabytes: number;
}

writeTwin();
const ours: Run[] = [];
const theirs: Run[] = [];
for (let round = 0; round <= ROUNDS; round++) {
  const pair = [
    measure(ROOT, ["--max-semi-space-size=1", "--v8-pool-size=0", "main.ts"]),
    measure(TWIN, [join("node_modules", "ts-node", "dist", "bin.js"), "main.ts"]),
  ] as const;
  console.log(
    `${round === 0 ? "warm-up" : `round ${round}`}: ${pair.map(({ seconds, megabytes }) => `${seconds.toFixed(2)} s ${megabytes.toFixed(0)} MB`).join(" against ")}`,
  );
  if (round > 0) {
    ours.push(pair[0]);
    theirs.push(pair[1]);
  }
}
const [here, there] = [median(ours), median(theirs)];
console.log(`\n                                  seconds   peak MB   (medians of ${ROUNDS})`);
console.log(
  `node main.ts, provider by part   ${here.seconds.toFixed(2).padStart(8)}  ${here.megabytes.toFixed(0).padStart(8)}`,
);
console.log(
  `ts-node main.ts, provider whole  ${there.seconds.toFixed(2).padStart(8)}  ${there.megabytes.toFixed(0).padStart(8)}`,
);
console.log(
  `ratio                            ${(there.seconds / here.seconds).toFixed(1).padStart(8)}  ${(there.megabytes / here.megabytes).toFixed(1).padStart(8)}`,
);

/** Runs a program to its end; its peak memory is what the process itself reports when it leaves. */
function measure(cwd: string, args: readonly string[]): Run {
  const outdir = join(TWIN, "out");
  rmSync(outdir, { recursive: true, force: true });
  const report = join(TWIN, "report.json");
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd,
    encoding: "utf8",
    env: {
      ...process.env,
      CDKTF_OUTDIR: outdir,
      NODE_OPTIONS: `--require ${join(TWIN, "report.cjs")}`,
      REPORT: report,
    },
  });
  const seconds = (performance.now() - started) / 1000;
  if (status !== 0) {
    throw new Error(`${args.join(" ")} in ${cwd} ended with ${status}:\n${stderr}`);
  }
  return { seconds, megabytes: JSON.parse(readFileSync(report, "utf8")).maxRSS / 1024 };
}

function median(runs: readonly Run[]): Run {
  const middle = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
  return {
    seconds: middle(runs.map(({ seconds }) => seconds)),
    megabytes: middle(runs.map(({ megabytes }) => megabytes)),
  };
}

function writeTwin(): void {
  rmSync(TWIN, { recursive: true, force: true });
  mkdirSync(TWIN, { recursive: true });
  for (const file of globSync(["main.ts", "{settings,specs,stacks,modules,lambda}/**/*.ts"], { cwd: ROOT })) {
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
  console.log("installing ts-node for the comparison …");
  execFileSync("npm", ["install", "--no-save", "--no-audit", "--no-fund", "ts-node@10.9.2", "typescript@5.9.3"], {
    cwd: TWIN,
    stdio: "ignore",
  });
}

/** Native TypeScript modules with the provider by part, as CommonJS with the provider whole. */
function asTemplateWouldHaveIt(source: string): string {
  return source
    .replace(
      /import (?:type )?\{([^}]+)\} from "@cdktf\/provider-aws\/lib\/([\w-]+)\/index\.js";/g,
      (_, names: string, folder: string) => {
        const group = folder.replace(/-(\w)/g, (_match, letter: string) => letter.toUpperCase());
        const aliases = names
          .split(",")
          .map((name) => name.trim().replace(/^type /, ""))
          .filter(Boolean)
          .map((name) => name.split(" as "));
        return `import { ${group} as ${group}Group } from "@cdktf/provider-aws";\n${aliases.map(([name, alias = name]) => `import ${alias} = ${group}Group.${name};`).join("\n")}`;
      },
    )
    .replace(/(from "\.[^"]*)\.ts"/g, '$1"')
    .replaceAll("import.meta.dirname", "__dirname")
    .replaceAll("import.meta.main", "require.main === module")
    .replace(/import\.meta\.(url|filename)/g, "__filename");
}
