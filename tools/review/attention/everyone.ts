import { at, isNothing } from "../values/value.ts";
import { becomes, type Row, rows } from "./table.ts";

/** Rows about a permission for `*`: every account of an organization where the argument `limit` names one, and anyone otherwise. */
export function everyone(type: string, limit: string, anyone: string, organization: string): readonly Row[] {
  const isForEveryone = becomes("*");
  const place = { [type]: "principal" };
  return [
    ...rows("danger", anyone, (was, is, { after }) => isForEveryone(was, is) && isNothing(at(after, limit)), place),
    ...rows(
      "caution",
      organization,
      (was, is, { after }) => isForEveryone(was, is) && !isNothing(at(after, limit)),
      place,
    ),
  ];
}
