import { type ChildProcess, fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import ava, { type ExecutionContext } from "ava";
import { terraformProblem } from "../../../tools/deploy/terraform.ts";
import { type Emulator, motoProblem, startEmulator } from "../../../tools/emulator/emulator.ts";
import { withoutAws } from "../../../tools/emulator/environment.ts";
import { markdown } from "../../../tools/review/markdown/fit.ts";
import { readPlan } from "../../../tools/review/plan/file.ts";
import { readIndex } from "../../../tools/review/plan/plans-index.ts";
import { review } from "../../../tools/review/review.ts";
import { awsCliProblem } from "../../aws-cli.ts";
import { testNeeding } from "../../needs.ts";
import { s3Of } from "../emulator/clients.ts";
import { PROPOSALS } from "./changes.ts";

// Reviews of real plans: real Terraform and the real AWS provider against the emulator. Each is compared with its file in
// golden/, byte by byte. GOLDEN=update writes the files anew; git then shows what has changed in them.

const ROOT = join(import.meta.dirname, "../../..");
const GOLDEN = join(import.meta.dirname, "golden");
const ARTIFACTS = join(ROOT, "artifacts", "review");
const MINUTES = 60 * 1000;

const needed = [terraformProblem, motoProblem];
const test = testNeeding(...needed);
const testWithCli = testNeeding(...needed, awsCliProblem);

let emulator: Emulator;
let proposer: ChildProcess;
let exited: Promise<number[]>;

ava.before(async () => {
  if (needed.some((find) => find() !== undefined)) {
    return;
  }
  mkdirSync(ARTIFACTS, { recursive: true });
  emulator = await startEmulator({ log: createWriteStream(join(ARTIFACTS, "emulator.log")) });
  await s3Of(emulator).send(new CreateBucketCommand({ Bucket: "mysfits-emulator-state-123456789012" }));
  proposer = startProposer();
  exited = once(proposer, "exit");
});

ava.after.always(async () => {
  if (proposer?.connected) {
    proposer.disconnect();
    await exited;
  }
  await emulator?.stop();
});

golden("first-deployment");

test("the system is applied", async (t) => {
  t.timeout(8 * MINUTES, "most of these minutes are waits of the provider");
  t.is(await propose("applied"), 0, `see ${ARTIFACTS}/applied.log`);
});

for (const name of Object.keys(PROPOSALS).filter((name) => name !== "first-deployment" && name !== "drift")) {
  golden(name);
}

testWithCli("drift: manual changes", async (t) => {
  t.timeout(3 * MINUTES);
  const filter = ["--filters", "Name=group-name,Values=mysfits-emulator-like", "--query", "SecurityGroups[0].GroupId"];
  const group = aws("ec2", "describe-security-groups", ...filter, "--output", "text");
  const ssh = ["--protocol", "tcp", "--port", "22", "--cidr", "0.0.0.0/0"];
  aws("ec2", "authorize-security-group-ingress", "--group-id", group, ...ssh);
  aws("logs", "put-retention-policy", "--log-group-name", "/mysfits-emulator/like", "--retention-in-days", "1");
  const off = ["--point-in-time-recovery-specification", "PointInTimeRecoveryEnabled=false"];
  aws("dynamodb", "update-continuous-backups", "--table-name", "mysfits-emulator-mysfits", ...off);
  await compare(t, "drift");
});

function golden(name: string): void {
  test(name, async (t) => {
    t.timeout(5 * MINUTES, "Terraform asks for every resource");
    await compare(t, name);
  });
}

/** Plans a proposal and compares its review with the golden file. */
async function compare(t: ExecutionContext, name: string): Promise<void> {
  t.is(await propose(name), name === "failed-upstream" ? 1 : 0, `see ${join(ARTIFACTS, name)}.log`);
  const folder = join(ARTIFACTS, "cdktf.out", "plans");
  const found = withoutIds(markdown(await review(readIndex(folder), ({ plan }) => readPlan(join(folder, plan)))));
  const file = join(GOLDEN, `${name}.md`);
  if (process.env.GOLDEN === "update") {
    writeFileSync(file, found);
  }
  writeFileSync(join(ARTIFACTS, `${name}.md`), found);
  t.is(found, readFileSync(file, "utf8"), `${file} differs from ${ARTIFACTS}; GOLDEN=update replaces it`);
}

/** Replaces the parts of IDs that the emulator generates at random. Nothing else may differ from run to run. */
function withoutIds(text: string): string {
  return text
    .replace(
      /\b(eipalloc|eipassoc|eni|fl|igw|nat|pl|rtb|rtbassoc|sg|sgr|subnet|vpc|vpce|r-rtb|acl|dopt)-[0-9a-f]{8,28}\b/g,
      "$1-0",
    )
    .replace(/\b(app|targetgroup|listener|listener-rule)(\/[\w/-]*?mysfits-[\w-]+)((?:\/[0-9a-f]{4,16})+)/g, "$1$2/0");
}

/** Starts the program that applies the system and plans the proposals. It stops with this process. */
function startProposer(): ChildProcess {
  return fork(join(import.meta.dirname, "propose.ts"), {
    execArgv: [], // without the source maps that ava enables
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: {
      ...withoutAws(process.env),
      ...emulator.environment,
      MYSFITS_ENV: "emulator",
      MYSFITS_SET: `emulator=${emulator.endpoint}; labs.logSearch=off`,
      CDKTF_OUTDIR: join(ARTIFACTS, "cdktf.out"),
    },
  });
}

/** Applies the system ("applied"), or plans a proposal, and writes the output to the artifacts folder. */
async function propose(name: string): Promise<number> {
  const log = createWriteStream(join(ARTIFACTS, `${name}.log`));
  proposer.stdout?.pipe(log, { end: false });
  proposer.stderr?.pipe(log, { end: false });
  proposer.send(name);
  const [code = 1] = await Promise.race([once(proposer, "message"), exited]);
  proposer.stdout?.unpipe(log);
  proposer.stderr?.unpipe(log);
  log.end();
  return code;
}

function aws(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync("aws", args, {
    encoding: "utf8",
    env: { ...process.env, ...emulator.environment, AWS_PAGER: "" },
  });
  if (status !== 0) {
    throw new Error(`aws ${args.join(" ")}: ${stderr}`);
  }
  return stdout.trim();
}
