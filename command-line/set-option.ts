import { Option } from "commander";

/** The option `--set`. It takes one setting and can be repeated, so that an argument may follow it. */
export function setOption(description: string): Option {
  return new Option("--set <setting=value>", `${description}; can be repeated`).default([], "none").argParser(collect);
}

function collect(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}
