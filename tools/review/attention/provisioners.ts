import type { Finding } from "../model.ts";
import type { Subject } from "../subject.ts";
import { at, listOf } from "../values/value.ts";
import { list } from "./text.ts";

// Programs that Terraform itself runs during apply.

const HERE = "where Terraform runs";
const THERE = "on the other side of its connection";

const PLACES: Readonly<Record<string, string>> = { "local-exec": HERE, "remote-exec": THERE };

/**
 * Provisioners of resources that are created or destroyed, and external data sources that are read. A plan does not say which
 * provisioners are for the creation.
 */
export function provisioners({ type, action, isData, after, configured }: Subject): readonly Finding[] {
  if (isData) {
    const program = listOf(at(after, "program")).filter((word) => typeof word === "string");
    return type === "external" ? [running("Applying runs", HERE, program.length === 0 ? [] : [program.join(" ")])] : [];
  }
  return action === "create" || action === "replace" || action === "destroy"
    ? (configured.provisioners ?? []).flatMap(({ type, commands }) => {
        const place = PLACES[type];
        return place === undefined ? [] : [running("Applying may run", place, commands)];
      })
    : [];
}

function running(beginning: string, place: string, commands: readonly string[]): Finding {
  const sentence = `${beginning} commands ${place}`;
  return {
    severity: "caution",
    text: commands.length === 0 ? [`${sentence}.`] : [`${sentence}: `, ...list(commands), "."],
  };
}
