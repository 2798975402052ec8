import { enableCompileCache } from "node:module";
import { join } from "node:path";

// Preloaded into programs that start often. They keep their compiled modules for the next start, which then takes a third less
// CPU time.
enableCompileCache(join(import.meta.dirname, "../../node_modules/.cache/node"));
