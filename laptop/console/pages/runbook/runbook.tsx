import "./runbook.css";
import { useEffect, useState } from "preact/hooks";
import { type CallError, call } from "../../browser/call.ts";
import type { Page } from "../../browser/page.ts";
import { route } from "../../browser/router.ts";
import { Markdown } from "../../parts/markdown.tsx";
import type { RunbookDocument } from "./messages.ts";

export const runbookPage: Page = {
  path: "/runbook",
  title: "Runbook",
  key: "r",
  icon: <path d="M3 2.5h8.5a1 1 0 0 1 1 1v10H4a1 1 0 0 1-1-1zM3 12a1 1 0 0 1 1-1h8.5M6 5.5h4" />,
  channels: [],
  Content: RunbookPage,
};

const INDEX = "README";

function RunbookPage() {
  const page = route.value.query.get("page") ?? INDEX;
  const [found, setFound] = useState<RunbookDocument>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    const gone = new AbortController();
    setFound(undefined);
    setProblem(undefined);
    call("GET /api/runbook", { page }, gone.signal).then(
      setFound,
      (error: CallError) => gone.signal.aborted || setProblem(error.message),
    );
    return () => gone.abort();
  }, [page]);
  const [, title = "Runbook", body = ""] = /^# (.*)\n([\s\S]*)$/.exec(found?.markdown ?? "") ?? [];
  return (
    <>
      <header class="page-head">
        <h1>{title}</h1>
        {page !== INDEX && <a href="/runbook">All pages</a>}
      </header>
      {problem && <p class="problem">{problem}</p>}
      {found && (
        <article class="panel runbook">
          <Markdown
            text={body}
            linkOf={(target, kind) => (kind === "link" ? addressOf(target) : queryAddress(target, found.queries))}
          />
        </article>
      )}
    </>
  );
}

/** Address in the console of a link in docs/runbook; undefined for files that the console does not show. */
function addressOf(target: string): string | undefined {
  if (target.startsWith("http")) {
    return target;
  }
  const [, folder, name] = /^(\.\.\/labs\/)?([\w-]+)\.md(?:#.*)?$/.exec(target) ?? [];
  return name && (folder ? `/labs?lab=${name}` : `/runbook?page=${name}`);
}

function queryAddress(code: string, queries: readonly string[]): string | undefined {
  return queries.includes(code) ? `/logs?query=${code}` : undefined;
}
