import { Domain } from "../../lambda/log-shipper/domain.ts";
import { Shipper } from "../../lambda/log-shipper/shipper.ts";
import type { Settings } from "../../settings/schema.ts";
import type { EcsTask } from "../system/ecs/ecs-task.ts";
import { StartError } from "../system/start.ts";
import { OpenSearch, openSearchProblem } from "./opensearch.ts";
import { isDownloaded, OPENSEARCH, type OpenSearchVersion } from "./opensearch-files.ts";
import { Subscription } from "./subscription.ts";

/** Usual port of OpenSearch. */
const PORT = 9200;

/** Milliseconds for one delivery, like the function's timeout in AWS. */
const DELIVERY_LIMIT = 60_000;

/** The engine has no security plugin, and does not check signatures. */
const CREDENTIALS = { accessKeyId: "laptop", secretAccessKey: "laptop" };

/** OpenSearch on this machine, and the log shipper that fills it with the lines of the services. */
export class LogSearch {
  readonly #engine: OpenSearch;
  readonly #project: string;
  readonly #domain: Domain;
  readonly #subscription: Subscription;

  /**
   * Starts the OpenSearch of the settings' major version. Throws a {@link StartError} that says what is missing.
   * @param print Prints the progress of the start, and lines that cannot be shipped.
   */
  static async start(
    { labs, logSearch, project, region }: Pick<Settings, "labs" | "logSearch" | "project" | "region">,
    print: (line: string) => void,
  ): Promise<LogSearch> {
    if (!labs.logSearch) {
      throw new StartError('labs.logSearch is "off": expected on, for a log search');
    }
    const release = releaseFor(logSearch.engine);
    const missing = openSearchProblem(release);
    if (missing !== undefined) {
      throw new StartError(`--log-search: ${missing}`);
    }
    print(
      isDownloaded(release)
        ? `Starting OpenSearch ${release.version}.`
        : `Downloading OpenSearch ${release.version}, at most 70 MB, only for the first start.`,
    );
    const engine = await OpenSearch.start(release, PORT);
    return new LogSearch(engine, project.prefix, region, logSearch.keepDays, print);
  }

  private constructor(
    engine: OpenSearch,
    project: string,
    region: string,
    retentionDays: number,
    print: (line: string) => void,
  ) {
    this.#engine = engine;
    this.#project = project;
    this.#domain = new Domain({ endpoint: engine.endpoint, region, credentials: CREDENTIALS });
    const shipper = new Shipper({
      domain: this.#domain,
      deadLetters: {
        async send(deadLetters) {
          for (const { reason } of deadLetters) {
            print(`log shipper: a line became a dead letter: ${reason}`);
          }
        },
      },
      project,
      engine: "opensearch",
      retentionDays,
      // The only warning is about the retention policy: the engine has no index management plugin, and its documents are
      // deleted at the end anyway.
      warn: () => {},
    });
    this.#subscription = new Subscription({
      deliver: (event) => shipper.ship(event, DELIVERY_LIMIT),
      failed: (message) => print(`log shipper: ${message}`),
    });
  }

  /** Origin of OpenSearch, such as `http://127.0.0.1:9200`. */
  get origin(): string {
    return this.#engine.endpoint.origin;
  }

  get version(): string {
    return this.#engine.release.version;
  }

  /** Ships a line of a program in a service's task. The log group and the stream are named as in AWS. */
  add({ id, service: { name } }: EcsTask, program: string, line: string): void {
    this.#subscription.add({ logGroup: `/${this.#project}/${name}`, logStream: `${name}/${program}/${id}` }, line);
  }

  /** Stops OpenSearch and deletes its documents. */
  async stop(): Promise<void> {
    this.#subscription.stop();
    this.#domain.close();
    await this.#engine.stop();
  }
}

function releaseFor(engine: Settings["logSearch"]["engine"]): OpenSearchVersion {
  const [, major] = /^OpenSearch_(\d)\./.exec(engine) ?? [];
  const release = Object.entries<OpenSearchVersion>(OPENSEARCH).find(([number]) => number === major)?.[1];
  if (release === undefined) {
    throw new StartError(
      `logSearch.engine is "${engine}": expected OpenSearch, as in --set logSearch.engine=OpenSearch_2.19. Elasticsearch cannot run here`,
    );
  }
  return release;
}
