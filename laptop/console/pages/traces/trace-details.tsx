import { useEffect, useState } from "preact/hooks";
import type { Trace } from "../../../telemetry/traces/trace.ts";
import { call } from "../../browser/call.ts";
import { channel } from "../../browser/events.ts";
import { changeQuery } from "../../browser/router.ts";
import { clock, duration } from "../../parts/format.ts";
import { QueryProblem } from "../../parts/query-problem.tsx";
import { Sampling } from "./sampling.tsx";
import { SegmentDetails } from "./segment-details.tsx";
import { Waterfall } from "./waterfall.tsx";
import { boundsOf, type WaterfallRow, waterfallRows } from "./waterfall-rows.ts";

/** Milliseconds after its start in which a trace may still receive segments. */
const GROWTH = 60_000;

const state = channel("traces");

/** One trace as a waterfall, with the details of the selected segment. */
export function TraceDetails({ id }: { readonly id: string }) {
  const [found, setFound] = useState<Found>();
  const [problem, setProblem] = useState<unknown>();
  const [selected, setSelected] = useState<string>();
  const revision = state.value?.revision;
  const trace = found?.id === id ? found.trace : undefined;
  const grows = trace === undefined || Date.now() - boundsOf(trace).start * 1000 < GROWTH;

  useEffect(() => {
    const gone = new AbortController();
    call("GET /api/trace", { id }, gone.signal).then(
      ({ trace }) => {
        setFound({ id, trace });
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
  if (trace === undefined) {
    return (
      <section class="panel trace" aria-label="Trace">
        <header>
          <h2>{id}</h2>
          {close}
        </header>
        {problem === undefined ? (
          <p class="notice">{found?.id === id ? <NotKept /> : "Loading…"}</p>
        ) : (
          <QueryProblem query="" error={problem} />
        )}
      </section>
    );
  }
  const rows = waterfallRows(trace);
  const { start, end } = boundsOf(trace);
  const row = rows.find(({ segment }) => segment.id === selected) ?? rows[0];
  return (
    <section class="panel trace" aria-labelledby="trace-title">
      <header>
        <h2 id="trace-title">{titleOf(rows)}</h2>
        <a class="button" href={`/logs?q=${id}&range=all`}>
          Logs of this trace
        </a>
        {close}
      </header>
      <p class="facts muted">
        {clock(start * 1000)} · {duration(end - start)} · <code>{id}</code>
      </p>
      <Waterfall rows={rows} start={start} end={end} selected={row?.segment.id} onSelect={setSelected} />
      {row && <SegmentDetails row={row} />}
    </section>
  );
}

/** The result of looking for a trace, which is undefined if it is not kept. */
interface Found {
  readonly id: string;
  readonly trace: Trace | undefined;
}

function NotKept() {
  return (
    <>
      No trace is kept for this request: it was not sampled, or newer traces have replaced its trace. <Sampling />
    </>
  );
}

function titleOf([first]: readonly WaterfallRow[]): string {
  const { name, http } = first?.segment ?? { name: "Trace" };
  const { method, url } = http?.request ?? {};
  return url === undefined ? name : `${method ?? ""} ${URL.parse(url)?.pathname ?? url}`;
}
