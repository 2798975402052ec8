import type { Finding } from "../../model.ts";
import type { Subject } from "../../subject.ts";
import type { Value } from "../../values/value.ts";
import { text } from "../text.ts";
import { inArgument, type Variable, variablesIn } from "./plain-text.ts";

/** Environment variables that switch off the check of TLS certificates, and the values that do. */
const SWITCHES: ReadonlyMap<string, RegExp> = new Map([
  ["GIT_SSL_NO_VERIFY", /^(1|on|true|yes)$/i],
  ["NODE_TLS_REJECT_UNAUTHORIZED", /^0$/],
  ["NPM_CONFIG_STRICT_SSL", /^false$/i],
  ["PYTHONHTTPSVERIFY", /^0$/],
]);

/** Functions, containers, and builds that no longer check whom they talk to. */
export function certificateChecks({ before, after, changed }: Subject): readonly Finding[] {
  return changed.flatMap((argument) => {
    const names = switchedOffIn(argument, after);
    const added = names.size === 0 ? names : names.difference(switchedOffIn(argument, before));
    return [...added].map(
      (name): Finding => ({
        severity: "danger",
        text: text`${name} switches off the check of TLS certificates: anyone on the way can read and change its requests.`,
      }),
    );
  });
}

function switchedOffIn(argument: string, side: Value | undefined): ReadonlySet<string> {
  return new Set(variablesIn(inArgument(argument, side)).flatMap((one) => (isSwitchedOff(one) ? one.name : [])));
}

function isSwitchedOff({ name, value }: Variable): boolean {
  return SWITCHES.get(name.toUpperCase())?.test(String(value)) === true;
}
