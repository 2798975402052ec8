import type { Settings } from "../settings/schema.ts";
import { type Container, programImage } from "./container.ts";

/** A program that runs alongside every service. It is `service/<name>/main.ts`. */
interface SidecarDefinition {
  /** TCP port inside the task; no two sidecars share one. */
  readonly port: number;
  /** Memory limit in MiB. */
  readonly memory: number;
  /** Switch in the settings; if omitted, always on. */
  readonly enabled?: (settings: Settings) => boolean;
  /** IPv4 ranges that may reach its port; if omitted, only the task's own containers. */
  readonly openTo?: (settings: Settings) => readonly string[];
}

/** Every sidecar that is a program of this project. */
export const SIDECARS = {
  "metadata-proxy": {
    port: 8001,
    memory: 128,
    enabled: ({ labs }) => labs.metadataProxy,
    openTo: ({ labs }) => labs.metadataProxyFrom,
  },
} as const satisfies Readonly<Record<string, SidecarDefinition>>;

export type SidecarName = keyof typeof SIDECARS;

/** Address of the X-Ray daemon, which shares the task's network. */
const XRAY_ADDRESS = { host: "127.0.0.1", port: 2000 };

const xrayDaemon: Container = {
  name: "x-ray-daemon",
  image: { public: "public.ecr.aws/xray/aws-xray-daemon:3.6.6" },
  port: XRAY_ADDRESS.port,
  protocol: "udp",
  memory: 128,
  essential: false,
  // No queries to the instance metadata service, which delay the start. ECS sets the region in the environment.
  command: ["-o"],
  environment: {},
};

/** The sidecars of every service that the settings switch on. */
export function sidecars(settings: Settings): readonly Container[] {
  const programs = Object.entries<SidecarDefinition>(SIDECARS)
    .filter(([, { enabled }]) => enabled?.(settings) ?? true)
    .map(
      ([name, { port, memory, openTo }]): Container => ({
        name,
        image: programImage(name),
        port,
        protocol: "tcp",
        openTo: openTo?.(settings) ?? [],
        memory,
        essential: false,
        environment: {},
      }),
    );
  return settings.labs.tracing ? [xrayDaemon, ...programs] : programs;
}

/** Sidecars that start before a service and stop after it, so that the segments of its last requests arrive. */
export function dependenciesOf(settings: Settings): readonly string[] {
  return settings.labs.tracing ? [xrayDaemon.name] : [];
}

/** Variables of a service that sends segments to the daemon in its task. */
export function tracingEnvironment(settings: Settings): Readonly<Record<string, string>> {
  return settings.labs.tracing
    ? { TRACING: "on", AWS_XRAY_DAEMON_ADDRESS: `${XRAY_ADDRESS.host}:${XRAY_ADDRESS.port}` }
    : { TRACING: "off" };
}
