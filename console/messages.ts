// What the console's pages and its server say to each other, in one place: the server is held to it by its types, and so
// are the pages. Nothing but types stands here; those of one page alone are in messages/.

import type { ServiceName } from "../specs/services.ts";
import type { Dashboard } from "./messages/dashboard.ts";
import type { LabState } from "./messages/labs.ts";
import type { FoundLines, LogLine, LogSearch, LogsState, LogTable, SavedLogQuery, Span } from "./messages/logs.ts";
import type { Overview } from "./messages/overview.ts";
import type { ScalingState } from "./messages/scaling.ts";
import type { TaskDocument, Tasks, TaskUsage } from "./messages/tasks.ts";
import type { FoundTraces, Trace, TraceGroup, TraceSearch, TracesState } from "./messages/traces.ts";

/** What a tab is told without asking, by topic: always all of it, and only the newest. */
export interface Topics {
  readonly shell: Shell;
  readonly overview: Overview;
  readonly logs: LogsState;
  readonly traces: TracesState;
  readonly tasks: Tasks;
  readonly scaling: ScalingState;
  readonly labs: readonly LabState[];
}

/** What a page may ask for, by method and path. A question travels in the query of a GET and in the JSON body of a POST. */
export interface Calls {
  readonly "GET /api/logs": { readonly asks: LogSearch; readonly answer: FoundLines };
  /** One whole line. */
  readonly "GET /api/logs/line": {
    readonly asks: { readonly number: number };
    readonly answer: LogLine & { readonly text: string };
  };
  readonly "GET /api/logs/saved": { readonly asks: Record<never, never>; readonly answer: readonly SavedLogQuery[] };
  /** A question in the language of CloudWatch Logs Insights, to the lines of programs that a comma keeps apart. */
  readonly "GET /api/logs/ask": {
    readonly asks: Span & {
      readonly question: string;
      readonly programs?: string | undefined;
      /** Whether a page asks that nobody has asked for it. */
      readonly byItself?: boolean | undefined;
    };
    readonly answer: LogTable;
  };
  readonly "GET /api/traces": { readonly asks: TraceSearch; readonly answer: FoundTraces };
  /** Filters that are saved as groups in X-Ray. */
  readonly "GET /api/traces/groups": { readonly asks: Record<never, never>; readonly answer: readonly TraceGroup[] };
  /** Everything that is known of one trace. */
  readonly "GET /api/trace": { readonly asks: { readonly id: string }; readonly answer: Trace };
  /** The dashboard over the last so many seconds. */
  readonly "GET /api/dashboard": { readonly asks: { readonly seconds: number }; readonly answer: Dashboard };
  /** What a task's containers have used in the last quarter of an hour. */
  readonly "GET /api/tasks/usage": { readonly asks: OneTask; readonly answer: TaskUsage };
  readonly "GET /api/tasks/document": {
    readonly asks: OneTask & { readonly about: "metadata" | "stats" };
    readonly answer: TaskDocument;
  };
  readonly "POST /api/tasks/scale": {
    readonly asks: { readonly service: ServiceName; readonly desired: number };
    readonly answer: Done;
  };
  readonly "POST /api/tasks/stop": { readonly asks: OneTask; readonly answer: Done };
  readonly "POST /api/tasks/kill": { readonly asks: OneTask; readonly answer: Done };
  /** Answers when all requests go to tasks with these variables, or says why they do not. */
  readonly "POST /api/tasks/roll-out": {
    readonly asks: { readonly service: ServiceName; readonly changes: Readonly<Record<string, string>> };
    readonly answer: Done;
  };
  readonly "POST /api/scaling/switch": { readonly asks: { readonly on: boolean }; readonly answer: Done };
  /** Sends likes for some time; it is refused while some are being sent already. */
  readonly "POST /api/scaling/load": {
    readonly asks: { readonly rate: number; readonly durationSeconds: number };
    readonly answer: Done;
  };
  readonly "POST /api/scaling/load/stop": { readonly asks: Done; readonly answer: Done };
}

export interface OneTask {
  readonly service: ServiceName;
  readonly id: string;
}

/** There is nothing to say, for the state says it. */
export type Done = Readonly<Record<string, never>>;

/** What stands around every page. */
export interface Shell {
  /** Another one after each start of the runner: whatever a tab remembers of the one before is void. */
  readonly boot: string;
  /** Where the site is. */
  readonly site: string;
  /** How many alarms fire. */
  readonly firing: number;
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
  /** Such as `above 5 % in 3 of 5 min`. */
  readonly condition: string;
  /** Of the last whole period; left out when nothing was measured in it. */
  readonly value?: number;
  /** What the value is in; left out where things are counted. */
  readonly unit?: string;
}
