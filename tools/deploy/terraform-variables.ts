// Variables with which a person changes what every Terraform on the machine does.

/** Options that change neither what is planned nor the output that the commands read. */
const HARMLESS_OPTION = /^-((parallelism|lock-timeout)=\S+|no-color|compact-warnings|upgrade)$/;

/** Returns what is wrong with Terraform's variables, or undefined. Each would lead to another state, or to another plan. */
export function terraformVariableProblem(environment: NodeJS.ProcessEnv): string | undefined {
  const { TF_WORKSPACE, TF_DATA_DIR } = environment;
  if (TF_WORKSPACE && TF_WORKSPACE !== "default") {
    return `TF_WORKSPACE is "${TF_WORKSPACE}": expected none, because an environment's stacks have one state each`;
  }
  if (TF_DATA_DIR) {
    return `TF_DATA_DIR is "${TF_DATA_DIR}": expected none, because every stack has a folder of its own`;
  }
  for (const [name, value = ""] of Object.entries(environment)) {
    const options = value.split(/\s+/).filter(Boolean);
    if (name.startsWith("TF_CLI_ARGS") && !options.every((option) => HARMLESS_OPTION.test(option))) {
      return `${name} is "${value}": expected only -parallelism, -lock-timeout, -no-color, -compact-warnings, or -upgrade`;
    }
  }
  return undefined;
}
