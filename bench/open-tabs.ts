import { request } from "undici";

/** Tabs of the console as its server knows them: each follows its topics, and asks for what is new when it is told. */
export interface OpenTabs {
  /** Events that were told. */
  readonly events: number;
  close(): void;
}

/** Opens the overview, the tail of the logs, and the list of traces. */
export function openTabs(consoleUrl: string): OpenTabs {
  const gone = new AbortController();
  const tabs = { events: 0, close: () => gone.abort() };
  const open = async (topics: string, told: () => Promise<void> = async () => {}) => {
    const { body } = await request(`${consoleUrl}/api/live?topics=shell,${topics}`, { signal: gone.signal });
    for await (const _chunk of body) {
      tabs.events += 1;
      await told();
    }
  };
  const ask = async (path: string) => {
    const { body } = await request(consoleUrl + path, { signal: gone.signal });
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
      if (!gone.signal.aborted) {
        throw error;
      }
    });
  }
  return tabs;
}
