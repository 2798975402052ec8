declare module "dynalite" {
  import type { Server } from "node:http";

  interface Options {
    /** Folder of the LevelDB store; the default is to keep everything in memory. */
    readonly path?: string;
    /** Milliseconds until a new table is active. */
    readonly createTableMs?: number;
  }

  /** A DynamoDB server that is not listening yet. Its `close` also closes the store. */
  export default function dynalite(options?: Options): Server;
}
