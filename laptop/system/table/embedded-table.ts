import { once } from "node:events";
import { devNull } from "node:os";
import { TargetGroup } from "../load-balancer/target-group.ts";
import { freePort } from "../processes/free-port.ts";
import { Program } from "../processes/program.ts";
import { started } from "../start.ts";
import { LOCAL_CREDENTIALS, openTable, prepareTableFolder } from "./table.ts";

interface EmbeddedTableOptions {
  readonly name: string;
  readonly folder: string;
  readonly region: string;
  /** Measure the requests to the table. */
  readonly isMeasured: boolean;
}

/** Program options of the embedded DynamoDB. */
const DYNAMODB = {
  name: "dynamodb",
  file: "laptop/system/table/dynamodb.ts",
  drainSeconds: 10,
};

const HEALTH = { path: "/", interval: 10, timeout: 5, healthyAfter: 3, unhealthyAfter: 3 };

/** The table of the mysfits, in a DynamoDB that runs as a program of its own. */
export class EmbeddedTable {
  readonly program: Program;
  readonly #options: EmbeddedTableOptions;
  readonly #group = new TargetGroup(HEALTH);

  static async create(options: EmbeddedTableOptions): Promise<EmbeddedTable> {
    return new EmbeddedTable(options, await freePort());
  }

  private constructor(options: EmbeddedTableOptions, port: number) {
    const { name, folder, isMeasured } = options;
    // The table name enables measuring.
    const environment = { TABLE_FOLDER: folder, ...(isMeasured && { TABLE_NAME: name }) };
    const program = new Program({ ...DYNAMODB, port, environment });
    program.on("up", () => this.#group.register(program.origin));
    program.on("down", () => this.#group.deregister(program.origin));
    this.program = program;
    this.#options = options;
  }

  /** Complete configuration of the AWS SDK, which keeps it from reading the user's files or querying a metadata service. */
  get environment(): Readonly<Record<string, string>> {
    return {
      AWS_ENDPOINT_URL_DYNAMODB: this.program.origin,
      AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
      AWS_CONFIG_FILE: devNull,
      AWS_SHARED_CREDENTIALS_FILE: devNull,
      AWS_EC2_METADATA_DISABLED: "true",
    };
  }

  /** Throws a `TableFolderError` if the folder cannot be used. With `fresh`, empties it. */
  async prepareFolder(fresh: boolean): Promise<void> {
    await prepareTableFolder(this.#options.folder, fresh);
  }

  /** Resolves once the table can be used. Fails if the program ends before, because a restart would end the same way. */
  async start(): Promise<void> {
    const { program } = this;
    program.start();
    await started(
      program.name,
      () => this.#group.whenHealthy(),
      async (signal) => {
        const [reason] = await once(program, "ended", { signal });
        return `ended with ${reason}`;
      },
    );
    await openTable({ ...this.#options, endpoint: program.origin });
  }

  async stop(): Promise<void> {
    await this.program.stop();
  }
}
