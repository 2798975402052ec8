import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Attack, stepsOf } from "../../specs/attack.ts";

/** An archive with the program `vegeta` in it, and what it must hash to. */
export interface VegetaRelease {
  readonly url: string;
  readonly sha256: string;
}

/** The hash is that of the release's own `vegeta_12.13.0_checksums.txt`. */
export const VEGETA: VegetaRelease = {
  url: "https://github.com/tsenart/vegeta/releases/download/v12.13.0/vegeta_12.13.0_linux_arm64.tar.gz",
  sha256: "950381173a5575e25e8e086f36fc03bf65d61a2433329b48e41e1cb5e4133bba",
};

export interface LoadTest {
  readonly attack: Attack;
  /** Where the attack goes: scheme and host, with a port when it is not the scheme's own. */
  readonly origin: string;
  readonly region: string;
  /** S3 address under which each attack leaves its reports, in a folder named after its beginning. */
  readonly reports: string;
  /** Log group in which each attack leaves its report, in a stream named likewise. */
  readonly logGroup: string;
  /** Whether the machine switches itself off after an attack. After one that failed it stays, to be looked at. */
  readonly powerOff: boolean;
  readonly vegeta: VegetaRelease;
}

/** Seconds of a step of the ramp. Vegeta knows only even rates; each step is a run of its own, with new connections. */
const STEP_SECONDS = 10;

/** Seconds beyond the attack in which its report has to be done before systemd ends it. */
const REPORT_SECONDS = 1800;

const FOLDER = "/opt/load-test";

/** No line of a file that the script writes is this. */
const END = "END-OF-FILE";

/** The script that a load generator's machine runs once, at its first boot, and that may be run again. */
export function userData(test: LoadTest): string {
  const { attack, vegeta } = test;
  return [
    "#!/bin/bash\n# Written by Terraform. Puts the files of a load test in place.\nset -euo pipefail\n",
    file(`${FOLDER}/attack.sh`, "0755", script("attack.sh")),
    file(`${FOLDER}/environment`, "0644", environment(test)),
    file(`${FOLDER}/targets`, "0644", lines(attack.paths.map((path) => `${attack.method} ${test.origin}${path}`))),
    file(
      `${FOLDER}/steps`,
      "0644",
      lines(stepsOf(attack, STEP_SECONDS).map((step) => `${step.requests} ${step.seconds}`)),
    ),
    file("/etc/systemd/system/load-test.service", "0644", unit(test)),
    lines([`VEGETA_URL=${vegeta.url}`, `VEGETA_SHA256=${vegeta.sha256}`]),
    script("install.sh").replace(/^#!.*\n/, ""),
  ].join("\n");
}

function environment({ region, reports, logGroup }: LoadTest): string {
  return lines([
    `LOAD_TEST=${FOLDER}`,
    `AWS_DEFAULT_REGION=${region}`,
    `REPORTS=${reports}`,
    `LOG_GROUP=${logGroup}`,
    "PATH=/usr/local/bin:/usr/bin",
  ]);
}

function unit({ attack, powerOff }: LoadTest): string {
  return `[Unit]
Description=Load test of the like service
Wants=network-online.target
After=network-online.target
${powerOff ? "SuccessAction=poweroff\n" : ""}
[Service]
Type=exec
DynamicUser=yes
StateDirectory=load-test
EnvironmentFile=${FOLDER}/environment
ExecStart=${FOLDER}/attack.sh
RuntimeMaxSec=${attack.durationSeconds + REPORT_SECONDS}
LimitNOFILE=65536
`;
}

function file(path: string, mode: string, text: string): string {
  return `install -D -m ${mode} /dev/stdin ${path} <<'${END}'\n${text}${END}\n`;
}

function script(name: string): string {
  return readFileSync(join(import.meta.dirname, name), "utf8");
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join("");
}
