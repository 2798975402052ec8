import { z } from "zod";

/** A switch: `"on"` or `"off"` in YAML, quoted because YAML 1.1 reads the bare words as booleans; a boolean in code. */
export const onOff = z.enum(["on", "off"]).transform((value) => value === "on");
