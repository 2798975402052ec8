import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type LoadProfile, stepsOf } from "../../model/load-profile.ts";

/** An archive that contains the program `vegeta`, and its SHA-256. */
export interface VegetaRelease {
  readonly url: string;
  readonly sha256: string;
}

/** The hash is from the release's `vegeta_12.13.0_checksums.txt`. */
export const VEGETA: VegetaRelease = {
  url: "https://github.com/tsenart/vegeta/releases/download/v12.13.0/vegeta_12.13.0_linux_arm64.tar.gz",
  sha256: "950381173a5575e25e8e086f36fc03bf65d61a2433329b48e41e1cb5e4133bba",
};

export interface LoadTest {
  readonly profile: LoadProfile;
  /** Target of the requests: scheme, host, and the port if it is not the scheme's default. */
  readonly origin: string;
  readonly region: string;
  /** S3 URI of the reports. Each load test writes a folder named after its start time. */
  readonly reports: string;
  /** Log group of the reports. Each load test writes a stream named after its start time. */
  readonly logGroup: string;
  /** Powers the machine off after a load test. After a failed one, it keeps running so that you can investigate. */
  readonly powerOff: boolean;
  readonly vegeta: VegetaRelease;
}

/** Seconds per step of the ramp. Vegeta only sends at a constant rate, so each step is a separate run with new connections. */
const STEP_SECONDS = 10;

/** Seconds for the report after the load test, before systemd stops the unit. */
const REPORT_SECONDS = 1800;

const FOLDER = "/opt/load-test";

/** Delimiter of the here-documents; no file contains it as a line. */
const END = "END-OF-FILE";

/** The script that a load generator's machine runs at its first boot. It is safe to run again. */
export function userData(test: LoadTest): string {
  const { profile, vegeta } = test;
  return [
    "#!/bin/bash\n# Written by Terraform. Puts the files of a load test in place.\nset -euo pipefail\n",
    file(`${FOLDER}/attack.sh`, "0755", script("attack.sh")),
    file(`${FOLDER}/environment`, "0644", environment(test)),
    file(`${FOLDER}/targets`, "0644", lines(profile.paths.map((path) => `${profile.method} ${test.origin}${path}`))),
    file(
      `${FOLDER}/steps`,
      "0644",
      lines(stepsOf(profile, STEP_SECONDS).map((step) => `${step.requests} ${step.seconds}`)),
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

function unit({ profile, powerOff }: LoadTest): string {
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
RuntimeMaxSec=${profile.durationSeconds + REPORT_SECONDS}
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
