import type { Subject } from "../subject.ts";
import { access } from "./access.ts";
import type { Finding, Kind, Rule } from "./finding.ts";
import { loss } from "./loss.ts";
import { network } from "./network.ts";
import { protection } from "./protection.ts";
import { publicAccess } from "./public.ts";
import { release } from "./release.ts";
import { traffic } from "./traffic.ts";

const RULES: Readonly<Partial<Record<Kind, Rule>>> = {
  loss,
  public: publicAccess,
  network,
  access,
  protection,
  traffic,
  release,
};

/** What a reviewer should look at in a resource, as far as its stack's plan tells. */
export function findingsOf(subject: Subject, subjects: readonly Subject[]): readonly Finding[] {
  const { stack, name, address } = subject;
  return Object.entries(RULES).flatMap(([kind, rule]) =>
    rule(subject, subjects).map((judgement) => ({ kind: kind as Kind, stack, name, address, ...judgement })),
  );
}
