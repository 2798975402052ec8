import { devNull } from "node:os";

/** Account ID of the emulator. */
export const EMULATED_ACCOUNT = "123456789012";

/** Environment variables that make an AWS client (SDK, CLI, Terraform) use an emulator and nothing else. */
export function emulatorEnvironment(endpoint: string): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: "us-east-1",
    AWS_DEFAULT_REGION: "us-east-1", // the only one that AWS CLI v1 reads
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

/**
 * Points all AWS clients of this process and its children to the emulator. Removes the credentials, profile, and role of
 * the user or the build machine, and service-specific endpoints, which would override the emulator's.
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

/** Copy of an environment without the variables that AWS clients read. */
export function withoutAws(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !isForAws(name)));
}

function isForAws(name: string): boolean {
  return name.startsWith("AWS_");
}
