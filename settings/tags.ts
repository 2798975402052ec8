import { z } from "zod";
import { isUnique } from "./unique.ts";

/** Characters that all services accept in tags. None of them can begin a Terraform template, `${` or `%{`. */
const TAG = /^[\w .:/=+@-]*$/;

const NAME =
  "a tag name of 1 to 128 ASCII letters, digits, and spaces or . : / = + @ - _ that does not begin with aws:";
const VALUE = "a tag value of at most 256 ASCII letters, digits, and spaces or . : / = + @ - _";

/** Tags that the project sets itself. IAM treats names that differ only in case as duplicates. */
const RESERVED = ["Project", "Environment", "ManagedBy"];

/** Tags of an S3 object, which inherits all of these. Source: PutObjectTagging, Amazon S3 API reference. */
const MAX_TAGS = 10;

/** Tags of every resource. Source of the limits: "Tag naming limits and requirements", Tagging AWS Resources user guide. */
export const tags = z
  .record(
    z
      .string()
      .min(1, NAME)
      .max(128, NAME)
      .regex(TAG, NAME)
      .refine((name) => !/^aws:/i.test(name), NAME)
      .refine(
        (name) => !RESERVED.some((reserved) => reserved.toLowerCase() === name.toLowerCase()),
        `a name other than ${RESERVED.join(", ")}, which the project sets`,
      ),
    z.string('text, with quotes around digits, true, and false, such as "42"').max(256, VALUE).regex(TAG, VALUE),
    "names with values",
  )
  .refine(
    (own) => Object.keys(own).length <= MAX_TAGS - RESERVED.length,
    `at most ${MAX_TAGS - RESERVED.length} tags: an S3 object takes ${MAX_TAGS}, and the project sets ${RESERVED.length}`,
  )
  .refine((own) => isUnique(Object.keys(own).map((name) => name.toLowerCase())), "names that differ in more than case");
