import "./misunderstood.css";
import { CallError } from "../call.ts";

/** Why a question got no answer; where it is in a language of its own, with a caret under the first character that is wrong. */
export function Misunderstood({ question, error }: { readonly question: string; readonly error: unknown }) {
  const { message, at } = error instanceof CallError ? error : { message: String(error), at: undefined };
  if (at === undefined) {
    return (
      <p class="problem" role="alert">
        {message}
      </p>
    );
  }
  const before = question.slice(0, at).split("\n");
  const lines = question.split("\n").slice(0, before.length);
  const caret = `${" ".repeat(before.at(-1)?.length ?? 0)}^`;
  return (
    <div class="problem misunderstood" role="alert">
      <pre>{[...lines, caret].join("\n")}</pre>
      <p>{message}</p>
    </div>
  );
}
