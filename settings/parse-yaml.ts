import { parseDocument } from "yaml";
import { SettingsError } from "./settings-error.ts";

/** Parses a YAML document. Throws a SettingsError of one line, which begins with `where` and has the place in the text. */
export function parseYaml(text: string, where: string): unknown {
  const document = parseDocument(text);
  // A warning is about an unknown tag, such as !Sub: the parser drops the tag and keeps the value.
  const [problem] = [...document.errors, ...document.warnings];
  if (problem?.code === "MULTIPLE_DOCS") {
    throw new SettingsError(`${where}: expected one YAML document, found a second one after ---`);
  }
  if (problem) {
    // The other lines only quote the place in the file that the first line names.
    throw new SettingsError(`${where}: ${problem.message.split("\n", 1)[0]?.replace(/:$/, "")}`);
  }
  try {
    return document.toJS();
  } catch (error) {
    if (!(error instanceof ReferenceError)) {
      throw error;
    }
    const hint = error.message.startsWith("Unresolved alias")
      ? ": expected quotes around a value that begins with *, which is an alias in YAML"
      : "";
    throw new SettingsError(`${where}: ${error.message}${hint}`);
  }
}
