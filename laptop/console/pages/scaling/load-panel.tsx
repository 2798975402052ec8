import { useMemo, useState } from "preact/hooks";
import { call } from "../../browser/call.ts";
import { createAction } from "../../parts/action.ts";
import { count, duration } from "../../parts/format.ts";
import type { LoadState } from "./messages.ts";

/** The text in an input, which is empty for one that is not a number, and the browser's judgment of it. */
interface Entry {
  readonly value: string;
  readonly valid: boolean;
}

/** Form and report of a load test. */
export function LoadPanel({ load }: { readonly load: LoadState }) {
  const [rate, setRate] = useState<Entry>({ value: "25", valid: true });
  const [minutes, setMinutes] = useState("2");
  const { busy, problem, run } = useMemo(createAction, []);
  const start = (event: SubmitEvent) => {
    event.preventDefault();
    const durationSeconds = Math.round(Number(minutes) * 60);
    run(() => call("POST /api/scaling/load", { rate: Number(rate.value), durationSeconds }));
  };
  return (
    <section class="panel load" aria-labelledby="load-title">
      <header>
        <h2 id="load-title">Load test</h2>
        <span class="muted">
          likes as <code>npm run load</code> sends them, at this rate and for this time
        </span>
      </header>
      <form class="body" onSubmit={start}>
        <label>
          Likes per second
          <input
            type="number"
            min={1}
            max={500}
            required
            value={rate.value}
            onInput={({ currentTarget: { value, validity } }) => setRate({ value, valid: validity.valid })}
          />
        </label>
        <label>
          Minutes
          <input
            type="number"
            min={0.5}
            max={15}
            step={0.5}
            required
            value={minutes}
            onInput={({ currentTarget }) => setMinutes(currentTarget.value)}
          />
        </label>
        <span class="muted">{rate.valid && `${count(Number(rate.value) * 60)} per minute`}</span>
        {load.running ? (
          <button
            type="button"
            disabled={busy.value}
            onClick={() => run(() => call("POST /api/scaling/load/stop", {}))}
          >
            Stop
          </button>
        ) : (
          <button type="submit" class="primary" disabled={busy.value}>
            Start
          </button>
        )}
        {problem.value && (
          <p class="problem" role="alert">
            {problem.value}
          </p>
        )}
      </form>
      <Report load={load} />
    </section>
  );
}

function Report({ load: { running, rate = 0, durationSeconds = 0, report } }: { readonly load: LoadState }) {
  if (report === undefined) {
    return null;
  }
  const { seconds, sent, failed, p50, p99 } = report;
  return (
    <div class="body report">
      {running && <progress max={durationSeconds} value={seconds} aria-label="Progress of the load test" />}
      <p>
        {count(rate)} likes per second{" "}
        {running ? `for ${duration(seconds)} of ${duration(durationSeconds)}` : "finished"}: {count(sent)} sent,{" "}
        <span class={failed > 0 ? "failed" : undefined}>{count(failed)} failed</span>
        {p50 !== undefined && p99 !== undefined && `, p50 ${duration(p50 / 1000)}, p99 ${duration(p99 / 1000)}`}
      </p>
    </div>
  );
}
