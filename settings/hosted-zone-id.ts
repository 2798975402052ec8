import { z } from "zod";

/** ID of a Route 53 hosted zone. The message completes the sentence "expected …", as in schema.ts. */
export const hostedZoneId = z.string().regex(/^Z[A-Z0-9]{1,31}$/, "a Route 53 hosted zone id such as Z0123456789ABC");
