import type { Settings } from "../settings/schema.ts";

/** Name of a service. Each service has its own settings, so their keys are the names. */
export type ServiceName = keyof Settings["services"];
