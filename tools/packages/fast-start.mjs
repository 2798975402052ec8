import { enableCompileCache } from "node:module";
import { join } from "node:path";

// Preloaded into programs that start often.

// Compiled modules are kept for the next start, which then takes a third less CPU time.
enableCompileCache(join(import.meta.dirname, "../../node_modules/.cache/node"));

// An import of node:http, unlike a require, reads every export. These three load Node's own copy of undici, which takes as much
// CPU time as the start of Node itself, and no program of this project uses them.
const http = process.getBuiltinModule("node:http");
for (const name of ["WebSocket", "CloseEvent", "MessageEvent"]) {
  delete http[name];
}
