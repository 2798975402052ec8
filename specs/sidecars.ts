import type { Settings } from "../settings/schema.ts";
import type { Container } from "./container.ts";

/** Where both services send their segments: the daemon shares the task's network. */
const XRAY_ADDRESS = { host: "127.0.0.1", port: 2000 };

export function sidecars(settings: Settings): readonly Container[] {
  return [
    ...(settings.labs.tracing === "on" ? [xrayDaemon] : []),
    ...(settings.labs.metadataProxy === "on" ? [metadataProxy(settings)] : []),
  ];
}

/** Environment of a service that sends segments to the daemon beside it. */
export function tracingEnvironment(settings: Settings): Readonly<Record<string, string>> {
  return settings.labs.tracing === "on"
    ? { TRACING: "on", AWS_XRAY_DAEMON_ADDRESS: `${XRAY_ADDRESS.host}:${XRAY_ADDRESS.port}` }
    : { TRACING: "off" };
}

const xrayDaemon: Container = {
  name: "x-ray-daemon",
  image: { public: "public.ecr.aws/xray/aws-xray-daemon:3.3.14" },
  port: XRAY_ADDRESS.port,
  protocol: "udp",
  memory: 128,
  essential: false,
  environment: {},
};

function metadataProxy(settings: Settings): Container {
  return {
    name: "metadata-proxy",
    image: { repository: "metadata-proxy", program: "service/metadata-proxy/main.ts" },
    port: 8001,
    protocol: "tcp",
    openTo: settings.labs.metadataProxyFrom,
    memory: 128,
    essential: false,
    environment: {},
  };
}
