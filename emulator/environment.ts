import { devNull } from "node:os";

/** The account that the emulator plays. */
export const EMULATED_ACCOUNT = "123456789012";

/** What an AWS client (SDK, CLI, Terraform) needs in its environment to talk to an emulator, and to nothing else. */
export function emulatorEnvironment(endpoint: string): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: "us-east-1",
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

/**
 * Leads all AWS clients of this process and of those it starts to the emulator and nowhere else: credentials, profile and
 * role of a person or a build machine are gone, and so is any endpoint of one service that would win over the emulator's.
 */
export function useOnlyEmulator(endpoint: string): void {
  for (const name of Object.keys(process.env).filter(isForAws)) {
    delete process.env[name];
  }
  Object.assign(process.env, emulatorEnvironment(endpoint), {
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
  });
}

/** An environment without anything that AWS clients look for in it. */
export function withoutAws(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !isForAws(name)));
}

function isForAws(name: string): boolean {
  return name.startsWith("AWS_");
}
