// Without compiled modules from an earlier run, loading the program takes longer than reviewing most plans. This file is
// JavaScript, because Node.js would load its TypeScript compiler for it before the cache is on. The second import is dynamic,
// because static imports are all loaded before the first one runs.
import "../packages/compile-cache.mjs";

await import("./program.ts");
