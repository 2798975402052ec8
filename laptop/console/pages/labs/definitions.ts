import { logs } from "./definitions/logs.ts";
import { metadata } from "./definitions/metadata.ts";
import { scaling } from "./definitions/scaling.ts";
import { traces } from "./definitions/traces.ts";
import type { Lab } from "./lab.ts";

/** All labs, in workshop order. */
export const LABS: readonly Lab[] = [metadata, logs, traces, scaling];
