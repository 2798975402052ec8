import type { DashboardCalls } from "./pages/dashboard/messages.ts";
import type { LabState } from "./pages/labs/messages.ts";
import type { LogsCalls, LogsState } from "./pages/logs/messages.ts";
import type { Overview } from "./pages/overview/messages.ts";
import type { RunbookCalls } from "./pages/runbook/messages.ts";
import type { ScalingCalls, ScalingState } from "./pages/scaling/messages.ts";
import type { TasksCalls, TasksState } from "./pages/tasks/messages.ts";
import type { TracesCalls, TracesState } from "./pages/traces/messages.ts";

// The protocol between the console's pages and its server. Both sides are type-checked against it.

/** Channels of server-sent events. Each event carries the whole current state, never a change to it. */
export interface Channels {
  readonly shell: Shell;
  readonly overview: Overview;
  readonly logs: LogsState;
  readonly traces: TracesState;
  readonly tasks: TasksState;
  readonly scaling: ScalingState;
  readonly labs: readonly LabState[];
}

/** Requests by method and path. A GET sends its fields in the query string, a POST in a JSON body. */
export interface Calls extends DashboardCalls, LogsCalls, TracesCalls, TasksCalls, ScalingCalls, RunbookCalls {}

/** State of the navigation around every page. */
export interface Shell {
  /** Changes with each start of the runner. A tab that sees a different value reloads. */
  readonly boot: string;
  /** URL of the adoption site. */
  readonly site: string;
  /** Number of alarms that are firing. */
  readonly firing: number;
}
