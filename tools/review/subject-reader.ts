import type { Configured, PlanPart, ResourcePart } from "./plan/part.ts";
import type { StackPlan } from "./plan/plans-index.ts";
import type { Secrets } from "./secrets/secrets.ts";
import { attributesOf, hasSensitive, keepSecrets } from "./sides.ts";
import { configuredAddress, type Naming, type Subject, subjectOf } from "./subject.ts";

/** Reads the resources of one plan, and remembers their secrets and names. */
export class SubjectReader {
  readonly #naming: Naming;
  readonly #secrets: Secrets;
  readonly #share = sharedConfigurations();
  readonly #configured = new Map<string, Configured>();
  /** Addresses of the blocks of changed resources. */
  readonly #changed = new Set<string>();
  /** Types whose attributes are known. Terraform writes all attributes of a type for every resource. */
  readonly #named = new Set<string>();

  constructor({ name, constructs }: StackPlan, secrets: Secrets) {
    this.#naming = { stack: name, constructs };
    this.#secrets = secrets;
  }

  /** Returns undefined for a resource without a change. */
  read(part: ResourcePart): Subject | undefined {
    const { head, read } = part;
    this.#secrets.keepName(head.address);
    this.#secrets.keepName(head.type);
    if (hasSensitive(head.change)) {
      keepSecrets(read().change, this.#secrets.keep);
    }
    const block = configuredAddress(head.address);
    const subject = subjectOf(part, this.#naming, () => this.#configured.get(block) ?? NOT_IN_THE_CODE);
    if (subject !== undefined) {
      this.#keepAttributeNames(part);
      this.#changed.add(block);
    }
    return subject;
  }

  /** Keeps a configuration for its subjects. Terraform writes changes first, so that only theirs are kept. */
  configure(part: Extract<PlanPart, { kind: "configured" }>): void {
    if (this.#changed.size === 0 || this.#changed.has(part.address)) {
      this.#configured.set(part.address, this.#share(part));
    }
  }

  #keepAttributeNames({ head, read }: ResourcePart): void {
    if (this.#named.has(head.type)) {
      return;
    }
    const attributes = attributesOf(read().change);
    attributes.forEach(this.#secrets.keepName);
    if (attributes.length > 0) {
      this.#named.add(head.type);
    }
  }
}

const NOT_IN_THE_CODE: Configured = { attributes: [], references: {} };

/** Returns one object for all equal configurations: a plan with many resources has few of them. */
function sharedConfigurations(): (configured: Configured) => Configured {
  const known = new Map<string, Configured>();
  return ({ attributes, references, provisioners }) => {
    const key = JSON.stringify([attributes, references, provisioners]);
    const configured = known.get(key) ?? { attributes, references, ...(provisioners && { provisioners }) };
    known.set(key, configured);
    return configured;
  };
}
