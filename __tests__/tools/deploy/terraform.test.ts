import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findTerraform } from "../../../tools/deploy/terraform.ts";
import { testNeeding } from "../../needs.ts";
import { until } from "../../until.ts";

const test = testNeeding(findTerraform);

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
