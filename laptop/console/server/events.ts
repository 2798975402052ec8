import { Readable } from "node:stream";
import type { Channels } from "../messages.ts";

// Server-sent events that carry states, not changes. A tab that missed ten states needs only the newest, so nothing is
// queued for a tab: it receives the newest states whenever its connection can take more data.

/** A state that the server samples for the tabs that subscribe to it. */
export interface Channel<Name extends keyof Channels> {
  readonly name: Name;
  /** Milliseconds between two samples, which are taken only while a tab is subscribed. */
  readonly interval: number;
  readonly sample: () => Channels[Name] | Promise<Channels[Name]>;
}

export type AnyChannel = { [Name in keyof Channels]: Channel<Name> }[keyof Channels];

/** Milliseconds. A connection that accepts no data for `patience` is closed; the tab reconnects when it wakes up. */
const LIMITS = { heartbeat: 15_000, patience: 60_000 };

/** Maximum number of connected tabs. */
const MAX_TABS = 100;

/** Milliseconds until a browser reconnects. */
const RETRY = 1_000;

/** All channels and the tabs that are subscribed to them. */
export class EventHub {
  readonly #channels: ReadonlyMap<string, PolledChannel>;
  readonly #limits: typeof LIMITS;
  readonly #tabs = new Set<Tab>();

  /** @param boot a value that changes with each start of the runner */
  constructor(channels: readonly AnyChannel[], boot: string, limits = LIMITS) {
    this.#limits = limits;
    const revisions = { boot, last: 0 };
    this.#channels = new Map(channels.map((channel) => [channel.name, new PolledChannel(channel, revisions)]));
  }

  get tabs(): number {
    return this.#tabs.size;
  }

  get full(): boolean {
    return this.#tabs.size >= MAX_TABS;
  }

  has(channel: string): boolean {
    return this.#channels.has(channel);
  }

  /**
   * Returns an endless stream of events for one tab.
   * @param lastId ID of the last event that the tab received. States that have not changed since are not sent again.
   */
  subscribe(channels: readonly string[], lastId = ""): Readable {
    const tab = new Tab(
      channels.flatMap((name) => this.#channels.get(name) ?? []),
      lastId,
      this.#limits,
    );
    this.#tabs.add(tab);
    tab.once("close", () => this.#tabs.delete(tab));
    return tab;
  }

  /** Closes all streams. */
  close(): void {
    for (const tab of this.#tabs) {
      tab.destroy();
    }
  }
}

/** A counter across all channels, valid within one start of the runner. */
interface Revisions {
  readonly boot: string;
  last: number;
}

/** A channel that is sampled while it has subscribers. */
class PolledChannel {
  readonly #channel: AnyChannel;
  readonly #revisions: Revisions;
  readonly #subscribers = new Set<Tab>();
  #timer: NodeJS.Timeout | undefined;
  #sampling = false;
  #sampledAt = Number.NEGATIVE_INFINITY;
  #state = "";
  /** Revision of the state; 0 before the first sample. */
  revision = 0;

  constructor(channel: AnyChannel, revisions: Revisions) {
    this.#channel = channel;
    this.#revisions = revisions;
  }

  get event(): string {
    return `event: ${this.#channel.name}\nid: ${this.#revisions.boot}.${this.revision}\ndata: ${this.#state}\n\n`;
  }

  /** Revision in the ID of a tab's last event; 0 if it is from another start of the runner. */
  revisionOf(lastId: string): number {
    const [boot, revision] = lastId.split(".");
    return boot === this.#revisions.boot ? Number(revision) : 0;
  }

  add(tab: Tab): void {
    this.#subscribers.add(tab);
    this.#timer ??= setInterval(() => this.#sample(), this.#channel.interval);
    // Tabs that reconnect do not raise the sampling rate.
    if (performance.now() - this.#sampledAt > this.#channel.interval) {
      this.#sample();
    }
  }

  delete(tab: Tab): void {
    this.#subscribers.delete(tab);
    if (this.#subscribers.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  async #sample(): Promise<void> {
    if (this.#sampling) {
      return;
    }
    this.#sampling = true;
    this.#sampledAt = performance.now();
    try {
      const state = JSON.stringify(await this.#channel.sample());
      if (state !== this.#state) {
        this.#state = state;
        this.revision = ++this.#revisions.last;
      }
    } catch {
      // The next interval samples again.
    } finally {
      this.#sampling = false;
    }
    for (const tab of this.#subscribers) {
      tab.update();
    }
  }
}

/** The event stream of one tab. It buffers at most one event that the connection has not taken yet. */
class Tab extends Readable {
  readonly #channels: readonly PolledChannel[];
  /** Highest revision sent so far. */
  #sent: number;
  /** True while the connection accepts more data. */
  #ready = false;
  #readyAt = performance.now();
  readonly #heartbeat: NodeJS.Timeout;

  constructor(channels: readonly PolledChannel[], lastId: string, { heartbeat, patience }: typeof LIMITS) {
    super({ highWaterMark: 1 });
    this.#channels = channels;
    this.#sent = channels[0]?.revisionOf(lastId) ?? 0;
    this.push(`retry: ${RETRY}\n\n`);
    for (const channel of channels) {
      channel.add(this);
    }
    this.#heartbeat = setInterval(() => this.#beat(patience), heartbeat);
  }

  /** Sends the next new state, if there is one and the connection can take it. */
  update(): void {
    if (!this.#ready) {
      return;
    }
    // In the order of revisions, so that the ID of the last event covers all earlier ones.
    const [next] = this.#channels
      .filter(({ revision }) => revision > this.#sent)
      .sort((one, other) => one.revision - other.revision);
    if (next) {
      this.#sent = next.revision;
      this.#send(next.event);
    }
  }

  override _read(): void {
    this.#ready = true;
    this.#readyAt = performance.now();
    this.update();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearInterval(this.#heartbeat);
    for (const channel of this.#channels) {
      channel.delete(this);
    }
    done(error);
  }

  #send(text: string): void {
    this.#ready = false;
    this.push(text);
  }

  #beat(patience: number): void {
    if (this.#ready) {
      this.#send(":\n\n");
    } else if (performance.now() - this.#readyAt > patience) {
      this.destroy();
    }
  }
}
