import type { Lab } from "./lab.ts";
import { logs } from "./logs.ts";
import { metadata } from "./metadata.ts";
import { scaling } from "./scaling.ts";
import { traces } from "./traces.ts";

/** In the order in which they are done. */
export const LABS: readonly Lab[] = [metadata, logs, traces, scaling];
