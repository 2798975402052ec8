import type { ResourceChange } from "../plan/format.ts";
import type { PlanPart } from "../plan/part.ts";
import { configuredAddress } from "../subject.ts";
import type { CostEstimate } from "./estimate.ts";

/** Passes the parts of a stack's plan on, and adds its resources to the bill. */
export async function* counted(
  parts: AsyncIterable<PlanPart>,
  stack: string,
  estimate: CostEstimate,
): AsyncGenerator<PlanPart> {
  const regions = new ProviderRegions();
  // Terraform writes the configuration of the providers after the resources.
  const resources: { readonly address: string; readonly read: () => ResourceChange }[] = [];
  let deferred = 0;
  for await (const part of parts) {
    yield part;
    switch (part.kind) {
      case "resource":
        resources.push({ address: part.head.address, read: part.read });
        break;
      case "deferred":
        deferred++;
        break;
      case "summary":
        if (part.summary.isErrored || !part.summary.isComplete) {
          const changes = deferred > 0 ? `, changes deferred: ${deferred}` : "";
          estimate.leaveOut({ what: stack, why: `partial plan${changes}` });
        }
        break;
      default:
        regions.keep(part);
    }
  }
  for (const { address, read } of resources) {
    estimate.add(read(), regions.of(address));
  }
}

const UNKNOWN_REGION = "an unknown region";

/** Names of regions have no dots. */
function isReference(region: string): boolean {
  return region.includes(".");
}

/** The regions of the providers of a plan's resources. */
class ProviderRegions {
  readonly #providers = new Map<string, string>();
  readonly #regions = new Map<string, string>();
  /** Variables of the root module, which a provider may refer to. */
  readonly #variables = new Map<string, unknown>();

  keep(part: PlanPart): void {
    if (part.kind === "configured" && part.provider !== undefined) {
      this.#providers.set(part.address, part.provider);
    } else if (part.kind === "provider") {
      this.#regions.set(part.key, part.region);
    } else if (part.kind === "variable") {
      this.#variables.set(`var.${part.name}`, part.value);
    }
  }

  /** Undefined for a provider whose region is set outside of the configuration. */
  of(address: string): string | undefined {
    const region = this.#regions.get(this.#providers.get(configuredAddress(address)) ?? "");
    if (region === undefined || !isReference(region)) {
      return region;
    }
    const value = this.#variables.get(region);
    return typeof value === "string" ? value : UNKNOWN_REGION;
  }
}
