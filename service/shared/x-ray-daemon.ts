import { createSocket } from "node:dgram";
import daemon from "aws-xray-sdk-core/dist/lib/daemon_config.js";
import type { Log } from "./log.ts";

/** Source: "Sending segment documents to the X-Ray daemon" in the X-Ray Developer Guide. */
const HEADER = '{"format":"json","version":1}\n';

/** Returns a function that sends a document to the X-Ray daemon over UDP. Problems are logged only at DEBUG. */
export function connectDaemon(log: Log): (document: object) => void {
  const failed = (error: Error | null) => error && log.debug({ err: error }, `segment not sent: ${error.message}`);
  const socket = createSocket("udp4").unref().on("error", failed);
  return (document) => {
    try {
      socket.send(HEADER + JSON.stringify(document), Number(daemon.udp_port), daemon.udp_ip, failed);
    } catch (error) {
      failed(error as Error);
    }
  };
}
