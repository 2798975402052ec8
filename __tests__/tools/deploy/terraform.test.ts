import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { ExecutionContext } from "ava";
import { terraformProblem } from "../../../tools/deploy/terraform.ts";
import { testNeeding } from "../../needs.ts";
import { until } from "../../until.ts";

const test = testNeeding(terraformProblem);

const TERRAFORM = join(import.meta.dirname, "../../../tools/deploy/terraform.ts");

/** A resource that Terraform itself provides. Its creation ends when the test creates the file `go`, or fails after a minute. */
const SLOW = {
  resource: {
    terraform_data: {
      slow: {
        provisioner: [
          {
            "local-exec": {
              command:
                "touch started; for n in $(seq 600); do [ -e go ] && exit; echo waiting; sleep 0.1; done; exit 1",
            },
          },
        ],
      },
    },
  },
};

test("with a log, Terraform finishes and saves its state after its command was killed", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "terraform-"));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(join(directory, "main.tf.json"), JSON.stringify(SLOW));
  const command = commandIn(directory);
  await until(() => existsSync(join(directory, "started")));
  command.kill("SIGKILL");
  await once(command, "exit");
  const log = () => readFileSync(join(directory, "terraform.log"), "utf8");
  const lines = log().length;
  await until(() => log().length > lines); // Terraform is writing without the command.
  writeFileSync(join(directory, "go"), "");
  await until(() => /^Apply complete! Resources: 1 added/m.test(log()));
  const { resources } = JSON.parse(readFileSync(join(directory, "terraform.tfstate"), "utf8"));
  t.like(resources, [{ type: "terraform_data", name: "slow" }]);
});

/** Output of Terraform 1.11.4 whose lock was released after its attempt to take it and before it read the holder. */
const RELEASED = `Acquiring state lock. This may take a few moments...

Error: Error acquiring the state lock

Error message: operation error S3: PutObject, https response error
StatusCode: 412, RequestID: 5AIs, HostID: 9Gjj, api error PreconditionFailed:
At least one of the pre-conditions you specified did not hold
unable to retrieve file from S3 bucket 'mysfits-state' with key
'p02/services.tfstate.tflock': operation error S3: GetObject, https response
error StatusCode: 404, RequestID: SGpw, HostID: 9Gjj, NoSuchKey:

Terraform acquires a state lock to protect the state from being written
`;

test("Terraform runs again when a lock was released while it looked for the holder", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "terraform-"));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(join(directory, "released"), RELEASED);
  writeFileSync(
    join(directory, "terraform"),
    '#!/bin/sh\necho "$1" >>calls\n[ -e taken ] && exit\ntouch taken\ncat released >&2\nexit 1\n',
    { mode: 0o755 },
  );
  const stack = JSON.stringify({ name: "services", directory });
  const script = (options: object) => `
    import { apply } from ${JSON.stringify(TERRAFORM)};
    await apply(${stack}, ${JSON.stringify(options)});
  `;
  const run = (options: object) =>
    spawnSync(process.execPath, ["--input-type=module", "--eval", script(options)], {
      env: { ...process.env, PATH: `${directory}:${process.env.PATH}` },
      encoding: "utf8",
    });
  t.is(run({ log: join(directory, "terraform.log") }).status, 0);
  t.is(readFileSync(join(directory, "calls"), "utf8"), "apply\napply\n");
  rmSync(join(directory, "taken"));
  t.regex(run({}).stderr, /terraform apply failed/, "a command that did not wait for the lock fails");
  writeFileSync(join(directory, "released"), RELEASED.replace("NoSuchKey", "AccessDenied"));
  rmSync(join(directory, "taken"));
  t.regex(run({ log: join(directory, "terraform.log") }).stderr, /terraform apply failed/);
});

/** Plans and applies a folder in another process, as the commands do. */
function commandIn(directory: string): ChildProcess {
  const options = JSON.stringify({ log: join(directory, "terraform.log") });
  const stack = JSON.stringify({ name: "slow", directory });
  const script = `
    import { apply, init, plan } from ${JSON.stringify(TERRAFORM)};
    await init(${stack}, ${options});
    await plan(${stack}, ${options});
    await apply(${stack}, ${options});
  `;
  return spawn(process.execPath, ["--input-type=module", "--eval", script], { stdio: "ignore" });
}

for (const [plan, words] of Object.entries({
  "Plan: 1 to import, 0 to add, 2 to change, 3 to destroy.": "1 to import, 0 to add, 2 to change, 3 to destroy",
  "Plan: 1 to add, 0 to change, 0 to destroy.": "1 to add, 0 to change, 0 to destroy",
  "Changes to Outputs:": "",
})) {
  test(`changes are described in Terraform's words: ${plan}`, async (t) => {
    t.is(planOf(t, `echo "${plan}"\nexit 2`).stdout.at(-1), words);
  });
}

test("an error names the signal that killed Terraform", async (t) => {
  t.regex(planOf(t, "kill -9 $$").stderr, /services: terraform plan was killed by SIGKILL/);
});

for (const problem of [
  "registry.terraform.io/hashicorp/aws: failed to instantiate provider",
  "checksums recorded in the dependency lock file.",
]) {
  test(`a damaged provider is reported with the way out: ${problem}`, async (t) => {
    t.regex(
      planOf(t, `echo "${problem}" >&2\nexit 1`).stderr,
      /services \| The AWS provider on this machine is damaged, .*: rm -r \S+terraform-plugins \S+\*\/\.terraform\.lock\.hcl$/m,
    );
  });
}

test("an error has the reason for which Terraform does not start", async (t) => {
  const script = 'echo "Invalid format for TF_REATTACH_PROVIDERS" >&2\nexit 1';
  const program = `import { terraformProblem } from ${JSON.stringify(TERRAFORM)}; terraformProblem();`;
  t.regex(
    runWith(t, script, () => program).stderr,
    /terraform version failed: Invalid format for TF_REATTACH_PROVIDERS/,
  );
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  test(`${signal} interrupts Terraform once, although npm sends a copy: at a second one, it would lose its state`, async (t) => {
    const directory = mkdtempSync(join(tmpdir(), "terraform-"));
    t.teardown(() => rmSync(directory, { recursive: true, force: true }));
    const terraform = `#!${process.execPath}
      const { writeSync } = require("node:fs");
      process.on("SIGINT", () => {
        writeSync(1, "interrupted\\n");
        setTimeout(() => process.exit(1), 300);
      });
      setInterval(() => {}, 1000);
      writeSync(1, "started\\n");`;
    writeFileSync(join(directory, "terraform"), terraform, { mode: 0o755 });
    const script = `
      import { apply } from ${JSON.stringify(TERRAFORM)};
      await apply(${JSON.stringify({ name: "services", directory })}).catch((error) => console.log(error.message));
    `;
    const command = spawn(process.execPath, ["--input-type=module", "--eval", script], {
      env: { ...process.env, PATH: `${directory}:${process.env.PATH}` },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines: string[] = [];
    for await (const line of createInterface({ input: command.stdout })) {
      lines.push(line);
      if (lines.length <= 2) {
        command.kill(signal);
      }
    }
    t.deepEqual(lines, ["services | started", "services | interrupted", "services: terraform apply was interrupted"]);
  });
}

/** Plans with a shell script as Terraform, and prints the changes last. */
function planOf(t: ExecutionContext, script: string) {
  const { stdout, stderr } = runWith(
    t,
    script,
    (directory) => `
      import { plan } from ${JSON.stringify(TERRAFORM)};
      console.log(await plan(${JSON.stringify({ name: "services", directory })}));
    `,
  );
  return { stdout: stdout.split("\n").slice(0, -1), stderr };
}

/** Runs a program with a shell script as Terraform. */
function runWith(t: ExecutionContext, script: string, program: (directory: string) => string) {
  const directory = mkdtempSync(join(tmpdir(), "terraform-"));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(join(directory, "terraform"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return spawnSync(process.execPath, ["--input-type=module", "--eval", program(directory)], {
    env: { ...process.env, PATH: `${directory}:${process.env.PATH}` },
    encoding: "utf8",
  });
}
