import { ODD_LIKES } from "../../../specs/monitoring/tracing.ts";

// Where the labs send people, with what they are to look for filled in already.

export const PLACES = {
  dashboard: "/dashboard",
  tasks: "/tasks",
  scaling: "/scaling",
  logs: "/logs",
  likeLogs: `/logs?${new URLSearchParams({ q: "program=like POST" })}`,
  traces: "/traces",
  oddTraces: `/traces?${new URLSearchParams({ filter: ODD_LIKES.filter })}`,
} as const;
