import "./query-problem.css";
import { CallError } from "../browser/call.ts";

/** The reason why a search failed. A syntax error is shown under the query, with a caret at the first wrong character. */
export function QueryProblem({ query, error }: { readonly query: string; readonly error: unknown }) {
  const { message, at } = error instanceof CallError ? error : { message: String(error), at: undefined };
  if (at === undefined) {
    return (
      <p class="problem" role="alert">
        {message}
      </p>
    );
  }
  const before = query.slice(0, at).split("\n");
  const lines = query.split("\n").slice(0, before.length);
  const caret = `${" ".repeat(before.at(-1)?.length ?? 0)}^`;
  return (
    <div class="problem query-problem" role="alert">
      <pre>{[...lines, caret].join("\n")}</pre>
      <p>{message}</p>
    </div>
  );
}
