// What the console's pages and its server say to each other, in one place: the server is held to it by its types, and so
// are the pages. Nothing but types stands here.

import type { Dashboard, QueryAnswer } from "./messages/dashboard.ts";

/** What a tab is told without asking, by topic: always all of it, and only the newest. */
export interface Topics {
  readonly shell: Shell;
  readonly overview: Overview;
}

/** What a page may ask for, by method and path. A question travels in the query of a GET and in the JSON body of a POST. */
export interface Calls {
  /** Everything that is known of one trace. */
  readonly "GET /api/trace": { readonly asks: { readonly id: string }; readonly answer: Trace };
  /** The dashboard over the last so many seconds. */
  readonly "GET /api/dashboard": { readonly asks: { readonly seconds: number }; readonly answer: Dashboard };
  /** What a saved query of the dashboard finds in the lines of the last so many seconds. */
  readonly "GET /api/dashboard/query": {
    readonly asks: { readonly name: string; readonly seconds: number };
    readonly answer: QueryAnswer;
  };
}

/** What stands around every page. */
export interface Shell {
  /** Another one after each start of the runner: whatever a tab remembers of the one before is void. */
  readonly boot: string;
  /** Where the site is. */
  readonly site: string;
  /** How many alarms fire. */
  readonly firing: number;
}

export interface Overview {
  readonly alarms: readonly AlarmState[];
  readonly kept: Kept;
}

export interface AlarmState {
  readonly name: string;
  readonly title: string;
  readonly meaning: string;
  readonly firstLook: string;
  /** Whether somebody is got up for it. */
  readonly pages: boolean;
  /** `unknown` as long as the runner has not been up for the time that the alarm looks at. */
  readonly state: "firing" | "ok" | "unknown";
  /** Such as `> 5`. */
  readonly condition: string;
  /** Of the last whole period; left out when nothing was measured in it. */
  readonly value?: number;
}

/** What the runner keeps, and what it takes. */
export interface Kept {
  readonly lines: number;
  readonly traces: number;
  /** Bytes of resident memory of the runner, the console included, and the most it should be. */
  readonly memory: number;
  readonly memoryLimit: number;
}

export interface Trace {
  readonly id: string;
  /** Oldest first. */
  readonly segments: readonly Segment[];
}

/** A part of a trace, with the fields of X-Ray's segment documents. Times are seconds since 1970. */
export interface Segment {
  readonly id: string;
  readonly name: string;
  readonly start_time: number;
  readonly end_time?: number | undefined;
  readonly in_progress?: boolean | undefined;
  readonly fault?: boolean | undefined;
  readonly error?: boolean | undefined;
  readonly throttle?: boolean | undefined;
  readonly namespace?: string | undefined;
  readonly annotations?: Readonly<Record<string, string | number | boolean>> | undefined;
  readonly http?:
    | {
        readonly request?: { readonly method?: string | undefined; readonly url?: string | undefined } | undefined;
        readonly response?: { readonly status?: number | undefined } | undefined;
      }
    | undefined;
  readonly subsegments?: readonly Segment[] | undefined;
}
