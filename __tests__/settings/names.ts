import { z } from "zod";
import { settingsSchema } from "../../settings/schema.ts";

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
}

/** Names of all settings, such as `network.natGateways`. Those with free names inside, such as `tags`, are one. */
export const SETTING_NAMES: readonly string[] = namesIn(z.toJSONSchema(settingsSchema, { io: "input" }) as JsonSchema);

function namesIn({ properties }: JsonSchema, path: readonly string[] = []): string[] {
  return properties
    ? Object.entries(properties).flatMap(([name, inner]) => namesIn(inner, [...path, name]))
    : [path.join(".")];
}
