import { Readable } from "node:stream";
import type { Topics } from "../../console/messages.ts";

// Server-sent events that carry states, not changes: a tab that missed ten of them needs but the newest. Therefore nothing
// is ever queued for a tab. It reads when it can, and is then given what is new by then.

/** What tabs are told by themselves. */
export interface Topic<Name extends keyof Topics> {
  readonly name: Name;
  /** Milliseconds between two looks, which are taken only while a tab wants to know. */
  readonly every: number;
  readonly look: () => Topics[Name] | Promise<Topics[Name]>;
}

export type AnyTopic = { [Name in keyof Topics]: Topic<Name> }[keyof Topics];

/** Milliseconds. A connection that took nothing for as long as `patience` is ended: the tab asks again when it wakes. */
const LIMITS = { heartbeat: 15_000, patience: 60_000 };

/** Tabs at the same time. */
const MOST_TABS = 100;

/** Milliseconds that a browser waits before it connects again. */
const RETRY = 1_000;

/** All topics, and the tabs that follow them. */
export class Live {
  readonly #watched: ReadonlyMap<string, WatchedTopic>;
  readonly #limits: typeof LIMITS;
  readonly #tabs = new Set<Tab>();

  /** @param boot another one after each start of the runner */
  constructor(topics: readonly AnyTopic[], boot: string, limits = LIMITS) {
    this.#limits = limits;
    const revisions = { boot, last: 0 };
    this.#watched = new Map(topics.map((topic) => [topic.name, new WatchedTopic(topic, revisions)]));
  }

  get tabs(): number {
    return this.#tabs.size;
  }

  get full(): boolean {
    return this.#tabs.size >= MOST_TABS;
  }

  has(topic: string): boolean {
    return this.#watched.has(topic);
  }

  /**
   * The events of one tab, from now on and without end.
   * @param lastId Id of the last event that it got; what has not changed since is not told again.
   */
  follow(topics: readonly string[], lastId = ""): Readable {
    const tab = new Tab(
      topics.flatMap((name) => this.#watched.get(name) ?? []),
      lastId,
      this.#limits,
    );
    this.#tabs.add(tab);
    tab.once("close", () => this.#tabs.delete(tab));
    return tab;
  }

  /** Ends all events. */
  close(): void {
    for (const tab of this.#tabs) {
      tab.destroy();
    }
  }
}

/** Revisions count through all topics, and only in one start of the runner do they mean anything. */
interface Revisions {
  readonly boot: string;
  last: number;
}

/** A topic whose newest state is known while anybody follows it. */
class WatchedTopic {
  readonly #topic: AnyTopic;
  readonly #revisions: Revisions;
  readonly #followers = new Set<Tab>();
  #looks: NodeJS.Timeout | undefined;
  #looking = false;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #state = "";
  /** Of the state; 0 before the first look. */
  revision = 0;

  constructor(topic: AnyTopic, revisions: Revisions) {
    this.#topic = topic;
    this.#revisions = revisions;
  }

  get event(): string {
    return `event: ${this.#topic.name}\nid: ${this.#revisions.boot}.${this.revision}\ndata: ${this.#state}\n\n`;
  }

  /** The last revision that a tab has, from the id of its last event. */
  revisionOf(lastId: string): number {
    const [boot, revision] = lastId.split(".");
    return boot === this.#revisions.boot ? Number(revision) : 0;
  }

  add(tab: Tab): void {
    this.#followers.add(tab);
    this.#looks ??= setInterval(() => this.#look(), this.#topic.every);
    // However many tabs come and go, no more looks are taken than for one that stays.
    if (performance.now() - this.#lookedAt > this.#topic.every) {
      this.#look();
    }
  }

  delete(tab: Tab): void {
    this.#followers.delete(tab);
    if (this.#followers.size === 0) {
      clearInterval(this.#looks);
      this.#looks = undefined;
    }
  }

  async #look(): Promise<void> {
    if (this.#looking) {
      return;
    }
    this.#looking = true;
    this.#lookedAt = performance.now();
    try {
      const state = JSON.stringify(await this.#topic.look());
      if (state !== this.#state) {
        this.#state = state;
        this.revision = ++this.#revisions.last;
      }
    } catch {
      // What cannot be looked at just now is looked at again.
    } finally {
      this.#looking = false;
    }
    for (const tab of this.#followers) {
      tab.tell();
    }
  }
}

/** One tab's events. It holds one at most that the connection has not taken yet. */
class Tab extends Readable {
  readonly #topics: readonly WatchedTopic[];
  /** Revision up to which everything has been told. */
  #told: number;
  /** Whether the connection would take more. */
  #wants = false;
  #tookAt = performance.now();
  readonly #heartbeat: NodeJS.Timeout;

  constructor(topics: readonly WatchedTopic[], lastId: string, { heartbeat, patience }: typeof LIMITS) {
    super({ highWaterMark: 1 });
    this.#topics = topics;
    this.#told = topics[0]?.revisionOf(lastId) ?? 0;
    this.push(`retry: ${RETRY}\n\n`);
    for (const topic of topics) {
      topic.add(this);
    }
    this.#heartbeat = setInterval(() => this.#beat(patience), heartbeat);
  }

  /** Something may be new. */
  tell(): void {
    if (!this.#wants) {
      return;
    }
    // In the order of revisions, so that the id of the last event stands for all that came before it.
    const [next] = this.#topics
      .filter(({ revision }) => revision > this.#told)
      .sort((one, other) => one.revision - other.revision);
    if (next) {
      this.#told = next.revision;
      this.#give(next.event);
    }
  }

  override _read(): void {
    this.#wants = true;
    this.#tookAt = performance.now();
    this.tell();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearInterval(this.#heartbeat);
    for (const topic of this.#topics) {
      topic.delete(this);
    }
    done(error);
  }

  #give(text: string): void {
    this.#wants = false;
    this.push(text);
  }

  #beat(patience: number): void {
    if (this.#wants) {
      this.#give(":\n\n");
    } else if (performance.now() - this.#tookAt > patience) {
      this.destroy();
    }
  }
}
