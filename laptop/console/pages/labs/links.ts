import { ODD_LIKES } from "../../../../model/monitoring/tracing.ts";

/** Console addresses that the labs link to. */
export const LINKS = {
  dashboard: "/dashboard",
  tasks: "/tasks",
  scaling: "/scaling",
  logs: "/logs",
  likeLogs: `/logs?${new URLSearchParams({ q: "program=like POST" })}`,
  traces: "/traces",
  oddTraces: `/traces?${new URLSearchParams({ filter: ODD_LIKES.filter })}`,
} as const;
