import { registerHooks } from "node:module";
import "./fast-start.mjs";

// Preloaded into a synth. Node.js compiles a file of a package without a "type" twice, first to find out whether it is an ES
// module. The hook tells it for cdktf and the more than a hundred files of the AWS provider ("imports" in package.json), which
// saves a tenth of the memory.
registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context);
    return specifier.startsWith("#") ? { ...resolved, format: "commonjs" } : resolved;
  },
});
