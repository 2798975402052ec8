import { resolve } from "node:path";
import { App, AssetType, TerraformAsset } from "cdktf";
import type { Construct } from "constructs";
import { HANDLER, RUNTIME, writeBundle } from "../lambda/bundle.ts";

/** What a Lambda function runs: the bundle of a program of lambda/, and how to start it. */
export function functionCode(scope: Construct, program: string) {
  const path = resolve(App.of(scope).outdir, `${program}.zip`);
  const sourceCodeHash = writeBundle(program, path);
  return {
    filename: new TerraformAsset(scope, "code", { path, type: AssetType.FILE }).path,
    sourceCodeHash,
    handler: HANDLER,
    runtime: RUNTIME,
    architectures: ["arm64"],
  };
}
