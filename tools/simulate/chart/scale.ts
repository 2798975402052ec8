import type { ScaleContinuousNumeric } from "d3-scale";

/** A d3 axis scale, from values to pixels. */
export type Scale = ScaleContinuousNumeric<number, number>;
