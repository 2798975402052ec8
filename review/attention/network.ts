import { PLACEHOLDER_ADDRESS, PLACEHOLDER_MARK } from "../plans.ts";
import type { Subject } from "../subject.ts";
import { at } from "../value.ts";
import { type Judgement, text } from "./finding.ts";
import { includes, type Opening, openingsOf, trafficOf } from "./openings.ts";
import { isVast } from "./ranges.ts";

/** Traffic that a change lets through and that nothing in the same group let through before. */
export function network(subject: Subject, others: readonly Subject[]): readonly Judgement[] {
  const after = openingsOf(subject.type, subject.after);
  if (after.length === 0) {
    return []; // as with nearly all resources, of which there may be ten thousand
  }
  const before = others.flatMap(({ type, before }) => openingsOf(type, before));
  return after
    .filter((opening) => !before.some((wider) => includes(wider, opening)))
    .filter((opening) => reachesFar(opening) || !isOfNewGroup(opening, others))
    .map(judge);
}

/** What a new opening means. */
export function judge(opening: Opening): Judgement {
  const traffic = trafficOf(opening);
  const peer = doesNotExist(opening.peer) ? text`what does not exist yet` : text`${opening.peer}`;
  if (reachesFar(opening)) {
    return {
      severity: "danger",
      text: [...text`Lets in ${traffic} from `, ...peer, ": anybody in the internet can connect."],
    };
  }
  const way = opening.direction === "in" ? text`Lets in ${traffic} from ` : text`Lets out ${traffic} to `;
  return { severity: "caution", text: [...way, ...peer, ", which it did not."] };
}

function doesNotExist(peer: Opening["peer"]): peer is undefined {
  return peer === undefined || peer.startsWith(PLACEHOLDER_ADDRESS) || peer.includes(PLACEHOLDER_MARK);
}

function reachesFar({ direction, peer }: Opening): boolean {
  return direction === "in" && peer !== undefined && isVast(peer);
}

/** A new group has to let something in; that is worth a word only when it lets in everybody. */
function isOfNewGroup({ group }: Opening, others: readonly Subject[]): boolean {
  return (
    group === undefined ||
    group.includes(PLACEHOLDER_MARK) ||
    others.some(({ action, after }) => action === "create" && at(after, "id") === group)
  );
}
