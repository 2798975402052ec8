import { join } from "node:path";
import { outputFolder } from "../../../settings/output-folder.ts";

// The plans folder that `npm run plan` writes and `npm run review` reads: one JSON file per plan, and an index.

/** Default folder of the plans. */
export const PLANS_FOLDER = join(outputFolder(), "plans");

export const INDEX_FILE = "index.json";

/**
 * Part of every mock output, in any form that an argument requires, such as an ARN, a bucket name, or a URL. It has only letters
 * and hyphens, so it is valid in the names of every AWS service. Nothing else in the project contains it, and `npm run deploy`
 * never writes it.
 */
export const MOCK_MARK = "not-yet-applied";

/**
 * Prefix of mock IPv4 addresses and ranges, which cannot contain the mark. RFC 5737 reserves 192.0.2.0/24 for documentation, so
 * nothing real has such an address.
 */
export const MOCK_ADDRESS = "192.0.2.";

/** The command that destroys a stack. */
export const destroyCommand = (stack: string): string => `npm run destroy ${stack}`;
