/** Thrown for invalid settings. The message has one line per problem: the setting, its value, and what was expected. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}
