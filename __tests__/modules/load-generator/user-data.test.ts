import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import ava, { type ExecutionContext } from "ava";
import { loadProfile } from "../../../model/load-profile.ts";
import { MYSFITS } from "../../../model/mysfits.ts";
import { type LoadTest, userData, VEGETA } from "../../../modules/load-generator/user-data.ts";
import { loadSettings } from "../../../settings/load.ts";
import { testNeeding } from "../../needs.ts";
import { Containers, containersProblem, copyProgram, write } from "../../service/containers.ts";

// The script of the load generator's instance: its text, and its effect on a machine. The machine is a container with the
// programs that the script calls, and with fakes of systemctl and of Vegeta's release.

const MACHINE = "localhost/machine:local";

const PROGRAMS = ["curl", "gzip", "install", "mkdir", "mktemp", "mv", "rm", "sha256sum", "sleep", "tar", "test"];

/** Logs its arguments, and creates the unit's state folder at its start, as systemd does. */
const SYSTEMCTL = `#!/bin/bash
echo "$*" >>/systemctl.log
if [ "$1" = start ]; then mkdir -p /var/lib/load-test; fi
`;

const TEST: LoadTest = {
  profile: loadProfile(loadSettings({ environment: "workshop", overrides: [] })),
  origin: "http://balancer.example",
  region: "us-west-2",
  reports: "s3://reports",
  logGroup: "/load-generator",
  powerOff: true,
  vegeta: VEGETA,
};

const inContainers = testNeeding(...containersProblem());
const withShellcheck = testNeeding(spawnSync("shellcheck", ["--version"]).error && "shellcheck not found");

ava("the script contains no Terraform template sequence", (t) => {
  t.notRegex(userData(TEST), /[$%]\{/);
});

ava("the script fits EC2's limit even with the longest ramp", (t) => {
  const ramp = userData({
    ...TEST,
    profile: { ...TEST.profile, rate: 10_000, durationSeconds: 3600, rampSeconds: 3600 },
  });
  t.true(Buffer.byteLength(ramp) < 16_384);
});

withShellcheck("the scripts pass shellcheck, alone and combined", async (t) => {
  const folder = join(import.meta.dirname, "../../../modules/load-generator");
  for (const script of ["attack.sh", "install.sh"].map((name) => readFileSync(join(folder, name), "utf8"))) {
    shellcheck(t, script);
  }
  shellcheck(t, userData(TEST));
});

inContainers("the script places its files and starts one load test, even if it runs twice", async (t) => {
  const machine = await startMachine(t);
  const script = machine.bring("user-data.sh", userData({ ...TEST, vegeta: machine.release }));

  await machine.run("bash", script);
  t.is(await machine.run("vegeta", "attack"), "attack of the fake Vegeta");
  const placed = await machine.files();
  t.deepEqual(unitOf(placed), {
    Unit: {
      Description: "Load test of the like service",
      Wants: "network-online.target",
      After: "network-online.target",
      SuccessAction: "poweroff",
    },
    Service: {
      Type: "exec",
      DynamicUser: "yes",
      StateDirectory: "load-test",
      EnvironmentFile: "/opt/load-test/environment",
      ExecStart: "/opt/load-test/attack.sh",
      RuntimeMaxSec: "2700",
      LimitNOFILE: "65536",
    },
  });
  t.deepEqual(
    placed["/opt/load-test/targets"],
    MYSFITS.map(({ id }) => `POST http://balancer.example/mysfits/${id}/like`),
  );
  t.deepEqual(placed["/opt/load-test/steps"], [
    ...["41 10", "125 10", "209 10", "291 10", "375 10", "459 10"],
    "42000 840",
  ]);
  t.true(placed["/opt/load-test/environment"]?.includes("REPORTS=s3://reports"));
  await machine.run("test", "-x", "/opt/load-test/attack.sh");
  t.deepEqual(await machine.systemctlCalls(), ["daemon-reload", "start --no-block load-test"]);

  await machine.run("bash", script);
  t.deepEqual(await machine.files(), placed);
  t.deepEqual((await machine.systemctlCalls()).slice(2), ["daemon-reload"], "no second load test");
});

inContainers("an archive that is not the pinned release is not installed, and no load test starts", async (t) => {
  const machine = await startMachine(t);
  const other = { ...machine.release, sha256: VEGETA.sha256 };
  const script = machine.bring("other.sh", userData({ ...TEST, vegeta: other }));
  await t.throwsAsync(machine.run("bash", script), { message: /1 computed checksum did NOT match/ });
  await t.throwsAsync(machine.run("test", "-e", "/usr/local/bin/vegeta"));
  await t.throwsAsync(machine.run("test", "-e", "/systemctl.log"));
  t.is(await machine.run("bash", "-c", "echo /tmp/*"), "/tmp/*", "no temporary files remain");
});

ava("without powerOff, the machine keeps running", (t) => {
  t.regex(userData(TEST), /^SuccessAction=poweroff$/m);
  t.notRegex(userData({ ...TEST, powerOff: false }), /poweroff/);
});

let built: Promise<Containers> | undefined;
ava.after.always(async () => (await built)?.remove());

async function startMachine(t: ExecutionContext) {
  built ??= build();
  const store = await built;
  const seed = join(store.folder, "seed");
  const archive = readFileSync(join(seed, "vegeta.tar.gz"));
  const id = await store.podman("run", "--detach", `--volume=${seed}:/seed:ro`, MACHINE, "sleep", "600");
  t.teardown(() => store.podman("rm", "--force", "--time=0", id));
  const run = (...command: readonly string[]) => store.podman("exec", id, ...command);
  const linesOf = async (path: string) => (await run("bash", "-c", `echo "$(<${path})"`)).split("\n");
  return {
    release: { url: "file:///seed/vegeta.tar.gz", sha256: createHash("sha256").update(archive).digest("hex") },
    run,
    /** Puts a file where the machine can read it. */
    bring: (name: string, text: string) => {
      writeFileSync(join(seed, name), text);
      return `/seed/${name}`;
    },
    /** Arguments of each call of systemctl. */
    systemctlCalls: () => linesOf("/systemctl.log"),
    /** Lines of the files that the script wrote. */
    files: async () => {
      const paths = ["attack.sh", "environment", "steps", "targets"].map((name) => `/opt/load-test/${name}`);
      const all = [...paths, "/etc/systemd/system/load-test.service"];
      return Object.fromEntries(await Promise.all(all.map(async (path) => [path, await linesOf(path)] as const)));
    },
  };
}

async function build(): Promise<Containers> {
  const store = new Containers();
  const machine = join(store.folder, "machine");
  copyProgram("/bin/bash", machine);
  for (const program of PROGRAMS) {
    copyProgram(`/usr/bin/${program}`, machine);
  }
  write(join(machine, "usr/bin/systemctl"), SYSTEMCTL, 0o755);
  for (const folder of ["tmp", "usr/local/bin"]) {
    mkdirSync(join(machine, folder), { recursive: true });
  }
  await store.buildFrom(machine, MACHINE, "FROM scratch\nCOPY . /\nENV PATH=/usr/local/bin:/usr/bin:/bin\n");
  const seed = join(store.folder, "seed");
  mkdirSync(seed);
  write(join(seed, "vegeta"), '#!/bin/bash\necho "$1 of the fake Vegeta"\n', 0o755);
  await promisify(execFile)("tar", ["-czf", join(seed, "vegeta.tar.gz"), "-C", seed, "vegeta"]);
  return store;
}

/** A systemd unit's sections and their settings. */
function unitOf(placed: Readonly<Record<string, readonly string[]>>): Record<string, Record<string, string>> {
  const sections: Record<string, Record<string, string>> = {};
  let section: Record<string, string> = {};
  for (const line of placed["/etc/systemd/system/load-test.service"] ?? []) {
    const [, heading] = /^\[(\w+)\]$/.exec(line) ?? [];
    const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (heading) {
      section = sections[heading] = {};
    } else if (name !== undefined && value !== undefined) {
      section[name] = value;
    }
  }
  return sections;
}

function shellcheck(t: ExecutionContext, script: string): void {
  t.is(spawnSync("shellcheck", ["-"], { input: script, encoding: "utf8" }).stdout, "");
}
