import { terraformProblem, terraformVersion } from "../terraform.ts";
import type { Finding } from "./finding.ts";

/** Versions that HashiCorp supports in November 2026 (endoflife.date/terraform), oldest first. */
const SUPPORTED_VERSIONS = ["1.14", "1.15"] as const;

const CHECK = "terraform";

/** Checks that Terraform is installed, new enough for this project, and supported by HashiCorp. */
export function checkTerraform(): Finding {
  const missing = terraformProblem();
  if (missing !== undefined) {
    return { check: CHECK, status: "stop", text: missing, fix: `install Terraform ${SUPPORTED_VERSIONS.join(" or ")}` };
  }
  return evaluateVersion(terraformVersion() ?? "unknown");
}

/** Evaluates the version of an installed Terraform that this project can use. */
export function evaluateVersion(version: string): Finding {
  const [oldest] = SUPPORTED_VERSIONS;
  return isBefore(version, oldest)
    ? {
        check: CHECK,
        status: "attention",
        text: `${version} works, but HashiCorp does not support it anymore`,
        fix: `install Terraform ${SUPPORTED_VERSIONS.join(" or ")}`,
      }
    : { check: CHECK, status: "ok", text: version };
}

function isBefore(version: string, other: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [otherMajor = 0, otherMinor = 0] = other.split(".").map(Number);
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}
