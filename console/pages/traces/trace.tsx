import { useEffect, useState } from "preact/hooks";
import { call } from "../../call.ts";
import { topic } from "../../live.ts";
import type { Trace } from "../../messages/traces.ts";
import { clock, duration } from "../../parts/format.ts";
import { Misunderstood } from "../../parts/misunderstood.tsx";
import { changeQuery } from "../../route.ts";
import { PartDetails } from "./part-details.tsx";
import { type Part, partsOf, spanOf } from "./parts.ts";
import { Waterfall } from "./waterfall.tsx";

/** Milliseconds after its start in which a trace is still expected to grow. */
const GROWS = 60_000;

const state = topic("traces");

/** One trace: who did what when, and all that is known of the part that is chosen. */
export function TraceDetails({ id }: { readonly id: string }) {
  const [trace, setTrace] = useState<Trace>();
  const [problem, setProblem] = useState<unknown>();
  const [chosen, setChosen] = useState<string>();
  const revision = state.value?.revision;
  const grows = trace === undefined || trace.id !== id || Date.now() - spanOf(trace).start * 1000 < GROWS;

  useEffect(() => {
    const gone = new AbortController();
    call("GET /api/trace", { id }, gone.signal).then(
      (found) => {
        setTrace(found);
        setProblem(undefined);
      },
      (error) => gone.signal.aborted || setProblem(error),
    );
    return () => gone.abort();
  }, [id, grows ? revision : undefined]);

  const close = (
    <button type="button" class="plain" onClick={() => changeQuery({ id: undefined })}>
      Close
    </button>
  );
  if (trace?.id !== id) {
    return (
      <section class="panel trace" aria-label="Trace">
        <header>
          <h2>{id}</h2>
          {close}
        </header>
        {problem === undefined ? (
          <p class="notice">Reading the trace…</p>
        ) : (
          <Misunderstood question="" error={problem} />
        )}
      </section>
    );
  }
  const parts = partsOf(trace);
  const { start, end } = spanOf(trace);
  const part = parts.find((each) => each.segment.id === chosen) ?? parts[0];
  return (
    <section class="panel trace" aria-labelledby="trace-title">
      <header>
        <h2 id="trace-title">{titleOf(parts)}</h2>
        <a class="button" href={`/logs?q=${id}&range=all`}>
          Its log lines
        </a>
        {close}
      </header>
      <p class="facts muted">
        {clock(start * 1000)} · {duration(end - start)} · <code>{id}</code>
      </p>
      <Waterfall parts={parts} start={start} end={end} chosen={part?.segment.id} onChoose={setChosen} />
      {part && <PartDetails part={part} />}
    </section>
  );
}

function titleOf([first]: readonly Part[]): string {
  const { name, http } = first?.segment ?? { name: "Trace" };
  const { method, url } = http?.request ?? {};
  return url === undefined ? name : `${method ?? ""} ${URL.parse(url)?.pathname ?? url}`;
}
