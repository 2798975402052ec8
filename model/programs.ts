import type { ServiceName } from "./service-name.ts";
import { CONTAINER_PORT, SERVICE_NAMES } from "./services.ts";
import { SIDECARS, type SidecarName } from "./sidecars.ts";

export type ProgramName = ServiceName | SidecarName;

/** A program of this project that runs in a container: `service/<name>/main.ts`, with an image and a repository. */
export interface Program {
  readonly name: ProgramName;
  readonly kind: "service" | "sidecar";
  /** TCP port inside its container. */
  readonly port: number;
}

/** Every program of this project. Repositories, image builds, and pipelines iterate over this list. */
export const PROGRAMS: readonly Program[] = [
  ...SERVICE_NAMES.map((name): Program => ({ name, kind: "service", port: CONTAINER_PORT })),
  ...Object.entries(SIDECARS).map(
    ([name, { port }]): Program => ({ name: name as SidecarName, kind: "sidecar", port }),
  ),
];

/** A record with one value per program. */
export function perProgram<Value>(create: (name: ProgramName) => Value): Readonly<Record<ProgramName, Value>> {
  return Object.fromEntries(PROGRAMS.map(({ name }) => [name, create(name)])) as Record<ProgramName, Value>;
}
