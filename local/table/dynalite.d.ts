declare module "dynalite" {
  import type { Server } from "node:http";

  interface Options {
    /** Folder of the LevelDB store; everything stays in memory when left out. */
    readonly path?: string;
    /** Milliseconds that a new table takes until it is active. */
    readonly createTableMs?: number;
  }

  /** A DynamoDB that is not listening yet. Its `close` also closes the store. */
  export default function dynalite(options?: Options): Server;
}
