import { start } from "../shared/start.ts";
import { metadataProxy, metadataProxyEnvironment } from "./app.ts";

await start("metadata-proxy", metadataProxyEnvironment, metadataProxy);
