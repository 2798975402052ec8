import { request } from "undici";

/** Console tabs as their server sees them: each subscribes to channels and fetches news when it receives an event. */
export interface OpenTabs {
  /** Number of received events. */
  readonly events: number;
  close(): void;
}

/** Opens the overview, the tail of the logs, and the list of traces. */
export function openTabs(consoleUrl: string): OpenTabs {
  const closed = new AbortController();
  const tabs = { events: 0, close: () => closed.abort() };
  const open = async (channels: string, onEvent: () => Promise<void> = async () => {}) => {
    const { body } = await request(`${consoleUrl}/api/events?channels=shell,${channels}`, { signal: closed.signal });
    for await (const _chunk of body) {
      tabs.events += 1;
      await onEvent();
    }
  };
  const ask = async (path: string) => {
    const { body } = await request(consoleUrl + path, { signal: closed.signal });
    return (await body.json()) as { readonly next: number; readonly revision: number };
  };
  let next = 0;
  let revision = 0;
  const running = [
    open("overview"),
    open("logs", async () => {
      const from = Date.now() - 15 * 60_000;
      next = (await ask(`/api/logs?search=&bar=15000&from=${from}${next > 0 ? `&after=${next - 1}` : ""}`)).next;
    }),
    open("traces", async () => {
      revision = (await ask(`/api/traces?filter=&order=newest&after=${revision}`)).revision;
    }),
  ];
  for (const tab of running) {
    tab.catch((error) => {
      if (!closed.signal.aborted) {
        throw error;
      }
    });
  }
  return tabs;
}
