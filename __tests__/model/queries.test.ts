import test, { type ExecutionContext } from "ava";
import type { SavedQuery } from "../../model/monitoring/query.ts";
import { type LogLine, startLike, startMonolith, startTable } from "../service/start-services.ts";
import { MONITORING } from "./monitored-system.ts";

const PAULY = "2b473002-36f8-4b87-954e-9a377e0ccbec";
const QUERIES: Readonly<Record<string, SavedQuery>> = MONITORING.queries;

/** Words of the query language that our queries use. */
const LANGUAGE = "filter fields parse stats sort limit as by and like ispresent count asc desc".split(" ");

for (const query of Object.values(QUERIES)) {
  test(`${query.name} uses fields that the services write`, async (t) => {
    const lines = await oddLike(t);
    const written = new Set(lines.flatMap((line) => Object.keys(line)));
    const asked = fieldsOf(query.text);
    t.true(asked.length > 0);
    t.deepEqual(
      asked.filter((field) => !written.has(field)),
      [],
    );
  });
}

test("errors-by-route extracts the action from the path, without the mysfit", (t) => {
  const pattern = regularExpression("errorsByRoute");
  const action = (path: string) => pattern.exec(path)?.groups?.action;
  t.is(action(`/mysfits/${PAULY}/like`), "like");
  t.is(action(`/mysfits/${PAULY}/fulfill-like`), "fulfill-like");
  t.is(action(`/mysfits/${PAULY}`), undefined);
  t.is(action("/mysfits"), undefined);
});

test("slow-likes contains likes from visitors, not their calls to the monolith", (t) => {
  const pattern = regularExpression("slowLikes");
  t.regex(`/mysfits/${PAULY}/like`, pattern);
  t.notRegex(`/mysfits/${PAULY}/fulfill-like`, pattern);
});

/** Log lines of a like that chaos mode denies, and of one that it allows. */
async function oddLike(t: ExecutionContext): Promise<readonly LogLine[]> {
  const monolith = await startMonolith(t, await startTable(t));
  const numbers = [65, 100];
  const { origin, lines } = await startLike(t, monolith, { dice: () => numbers.shift() ?? 100, logLevel: "INFO" });
  t.is((await fetch(`${origin}/mysfits/${PAULY}/like`, { method: "POST" })).status, 404);
  t.is((await fetch(`${origin}/mysfits/${PAULY}/like`, { method: "POST" })).status, 200);
  return [...lines, ...monolith.lines];
}

function fieldsOf(text: string): string[] {
  const named = new Set([...text.matchAll(/\(\?<(\w+)>|\bas (\w+)/g)].map(([, group, alias]) => group ?? alias));
  const bare = text
    .replaceAll(/#.*/g, "")
    .replaceAll(/"[^"]*"/g, "")
    .replaceAll(/\/(?:\\.|[^/\\\n])+\//g, "");
  return [...new Set(bare.match(/@?[a-zA-Z]\w*/g))].filter(
    (word) => !word.startsWith("@") && !named.has(word) && !LANGUAGE.includes(word),
  );
}

function regularExpression(query: string): RegExp {
  const [, pattern] = /\/((?:\\.|[^/\\\n])+)\//.exec(QUERIES[query]?.text ?? "") ?? [];
  return new RegExp(pattern as string);
}
