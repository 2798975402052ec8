import { effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Topics } from "./messages.ts";

// One stream of events per tab, and none for a tab that nobody sees: browsers open six connections to an address at most,
// and whoever comes back to a tab is told the newest state anyway.

/** `live`, or why what is on the page may be old. */
export const connection = signal<"connecting" | "live" | "lost">("connecting");

/** Milliseconds between two attempts that the browser leaves to us: it gives up when an answer is not a stream. */
const RETRY = 2_000;

const states = new Map<string, Signal<unknown>>();
const wanted = signal("");
const visible = signal(!document.hidden);

document.addEventListener("visibilitychange", () => {
  visible.value = !document.hidden;
});

effect(() => {
  if (wanted.value !== "" && visible.value) {
    return follow(wanted.value);
  }
});

/** A topic's newest state; undefined until the first has come. Told while an open page names the topic. */
export function topic<Name extends keyof Topics>(name: Name): ReadonlySignal<Topics[Name] | undefined> {
  return stateOf(name) as ReadonlySignal<Topics[Name] | undefined>;
}

/** Says which topics the open page wants. */
export function want(topics: readonly (keyof Topics)[]): void {
  wanted.value = [...new Set(topics)].join(",");
}

/** @returns what ends it */
function follow(topics: string): () => void {
  let retry: ReturnType<typeof setTimeout> | undefined;
  let source: EventSource;
  const open = () => {
    source = new EventSource(`/api/live?topics=${topics}`);
    source.onopen = () => {
      connection.value = "live";
    };
    source.onerror = () => {
      connection.value = "lost";
      if (source.readyState === EventSource.CLOSED) {
        retry = setTimeout(open, RETRY);
      }
    };
    for (const name of topics.split(",")) {
      source.addEventListener(name, ({ data }: MessageEvent<string>) => {
        stateOf(name).value = JSON.parse(data);
      });
    }
  };
  open();
  return () => {
    clearTimeout(retry);
    source.close();
  };
}

function stateOf(name: string): Signal<unknown> {
  let state = states.get(name);
  if (state === undefined) {
    state = signal(undefined);
    states.set(name, state);
  }
  return state;
}
