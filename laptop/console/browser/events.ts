import { effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Channels } from "../messages.ts";

// One event stream per visible tab. Browsers open at most six connections to a host, and a tab that becomes visible again
// receives the newest states anyway.

/** `live`, or the reason why the page may be out of date. */
export const connection = signal<"connecting" | "live" | "lost">("connecting");

/** Milliseconds between attempts to reconnect when the browser gives up, because a response was not a stream. */
const RETRY = 2_000;

const states = new Map<string, Signal<unknown>>();
const subscribed = signal("");
const visible = signal(!document.hidden);

document.addEventListener("visibilitychange", () => {
  visible.value = !document.hidden;
});

effect(() => {
  if (subscribed.value !== "" && visible.value) {
    return connect(subscribed.value);
  }
});

/** Newest state of a channel; undefined until the first event. It changes while an open page lists the channel. */
export function channel<Name extends keyof Channels>(name: Name): ReadonlySignal<Channels[Name] | undefined> {
  return stateOf(name) as ReadonlySignal<Channels[Name] | undefined>;
}

/** Sets the channels of the open page. */
export function subscribe(channels: readonly (keyof Channels)[]): void {
  subscribed.value = [...new Set(channels)].join(",");
}

/** @returns a function that closes the stream */
function connect(channels: string): () => void {
  let retry: ReturnType<typeof setTimeout> | undefined;
  let source: EventSource;
  const open = () => {
    source = new EventSource(`/api/events?channels=${channels}`);
    source.onopen = () => {
      connection.value = "live";
    };
    source.onerror = () => {
      connection.value = "lost";
      if (source.readyState === EventSource.CLOSED) {
        retry = setTimeout(open, RETRY);
      }
    };
    for (const name of channels.split(",")) {
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
