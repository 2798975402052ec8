import type { Subject } from "../subject.ts";
import { at } from "../value.ts";
import { type Judgement, text } from "./finding.ts";
import { includes, type Opening, openingsOf, trafficOf } from "./openings.ts";
import { isVast } from "./ranges.ts";

/** Traffic that a change lets through and that nothing in the same group let through before. */
export function network(subject: Subject, others: readonly Subject[]): readonly Judgement[] {
  const before = [subject, ...others].flatMap(({ type, before }) => openingsOf(type, before));
  return openingsOf(subject.type, subject.after)
    .filter((opening) => !before.some((wider) => includes(wider, opening)))
    .filter((opening) => reachesFar(opening) || !isOfNewGroup(opening, others))
    .map(judge);
}

/** What a new opening means. */
export function judge(opening: Opening): Judgement {
  const { direction, peer } = opening;
  const traffic = trafficOf(opening);
  if (direction === "out") {
    return {
      severity: "caution",
      text: text`Lets out ${traffic} to ${peer ?? "a group that does not exist yet"}, which it did not.`,
    };
  }
  if (reachesFar(opening)) {
    return {
      severity: "danger",
      text: text`Lets in ${traffic} from ${peer as string}: anybody in the internet can connect.`,
    };
  }
  return {
    severity: "caution",
    text: text`Lets in ${traffic} from ${peer ?? "a group that does not exist yet"}, which it did not.`,
  };
}

function reachesFar({ direction, peer }: Opening): boolean {
  return direction === "in" && peer !== undefined && isVast(peer);
}

/** A new group has to let something in; that is worth a word only when it lets in everybody. */
function isOfNewGroup({ group }: Opening, others: readonly Subject[]): boolean {
  return group === undefined || others.some(({ action, after }) => action === "create" && at(after, "id") === group);
}
