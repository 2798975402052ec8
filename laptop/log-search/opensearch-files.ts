import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";

// Maven Central is the only registry that has OpenSearch: the server's jars and the HTTP transport.

export interface OpenSearchVersion {
  readonly version: string;
  /** The version of Log4j that this OpenSearch uses. */
  readonly log4j: string;
  /** The oldest Java that it runs on, and the first that it does not run on. */
  readonly java: { readonly from: number; readonly before: number };
  /** Further artifacts of the server. */
  readonly extra: readonly string[];
  /** Class of the HTTP transport. */
  readonly transport: string;
  /** SHA-256 of the list of all jars with their SHA-256, as `sha256sum` prints it. */
  readonly sha256: string;
}

/** By major version. */
export const OPENSEARCH = {
  // 2.x needs the security manager, which Java 24 removed.
  2: {
    version: "2.19.6",
    log4j: "2.25.4",
    java: { from: 17, before: 24 },
    extra: [],
    transport: "Netty4Plugin",
    sha256: "1fc03091f4561908a44b1df4fde6c3952f851bea1996c5350a24077e98a75668",
  },
  3: {
    version: "3.9.0",
    log4j: "2.25.5",
    java: { from: 21, before: Number.POSITIVE_INFINITY },
    extra: ["org.opensearch:opensearch-agent-bootstrap:3.9.0"],
    transport: "Netty4ModulePlugin",
    sha256: "a6b0e11ce27ec42ac182447e3d36d394bd0248c06cbfd0ebd37c27e1f3a62490",
  },
} as const satisfies Record<number, OpenSearchVersion>;

const COPY_DEPENDENCIES = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";

const SECURITY_POLICY = `grant {
  permission java.net.SocketPermission "*", "accept,connect";
  permission java.lang.RuntimePermission "setContextClassLoader";
  permission java.io.FilePermission "/proc/sys/net/core/somaxconn", "read";
};
`;

/** Settings of a node, as in opensearch.yml. */
export type NodeSettings = Readonly<Record<string, string | number>>;

/** Puts a node with its jars, its settings, and empty data into a folder. */
export async function install(release: OpenSearchVersion, home: string, settings: NodeSettings): Promise<void> {
  const jars = await download(release);
  const module = join(home, "modules/transport-netty4");
  await cp(join(jars, "lib"), join(home, "lib"), { recursive: true });
  await mkdir(module, { recursive: true });
  const inLib = new Set(globSync("*.jar", { cwd: join(home, "lib") }));
  for (const jar of globSync(join(jars, "transport/*.jar")).filter((jar) => !inLib.has(basename(jar)))) {
    await cp(jar, join(module, basename(jar)));
  }
  await writeFile(
    join(module, "plugin-descriptor.properties"),
    properties("=", {
      name: "transport-netty4",
      description: "HTTP",
      version: release.version,
      "opensearch.version": release.version,
      "java.version": release.java.from,
      classname: `org.opensearch.transport.${release.transport}`,
    }),
  );
  await writeFile(join(module, "plugin-security.policy"), SECURITY_POLICY);
  for (const folder of ["config", "data", "logs"]) {
    await mkdir(join(home, folder));
  }
  await writeFile(
    join(home, "config/opensearch.yml"),
    properties(": ", {
      "discovery.type": "single-node",
      "network.host": "127.0.0.1",
      ...settings,
    }),
  );
  await writeFile(join(home, "config/log4j2.properties"), "status = error\nrootLogger.level = off\n");
}

function properties(separator: string, values: NodeSettings): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}${separator}${value}\n`)
    .join("");
}

/** True if the jars are on this machine, so that a start downloads nothing. */
export function isDownloaded(release: OpenSearchVersion): boolean {
  return existsSync(folderOf(release));
}

/** The jars' folder, outside the working tree, by version and checksum. */
function folderOf({ version, sha256 }: OpenSearchVersion): string {
  return join(cacheFolder(), `opensearch-${version}-${sha256.slice(0, 12)}`);
}

function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "mythical-mysfits");
}

/** Returns the folder with the jars of a version, which Maven downloads the first time. */
async function download(release: OpenSearchVersion): Promise<string> {
  const { version, log4j, extra, sha256 } = release;
  const folder = folderOf(release);
  if (existsSync(folder)) {
    return folder;
  }
  await mkdir(cacheFolder(), { recursive: true });
  const draft = await mkdtemp(join(cacheFolder(), "draft-"));
  try {
    await copyDependencies(draft, "lib", [
      `org.opensearch:opensearch:${version}`,
      `org.opensearch:opensearch-plugin-classloader:${version}`,
      `org.apache.logging.log4j:log4j-core:${log4j}`,
      ...extra,
    ]);
    await copyDependencies(draft, "transport", [`org.opensearch.plugin:transport-netty4-client:${version}`]);
    const found = checksum(draft);
    if (found !== sha256) {
      throw new Error(
        `Maven downloaded unexpected jars for OpenSearch ${version}: expected SHA-256 ${sha256}, got ${found}`,
      );
    }
    await rename(draft, folder).catch((error) => {
      // Another process has just downloaded the same jars.
      if (!existsSync(folder)) {
        throw error;
      }
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return folder;
}

function checksum(folder: string): string {
  const sha256 = (data: string | Buffer) => createHash("sha256").update(data).digest("hex");
  const jars = ["lib", "transport"].flatMap((part) => globSync(`${part}/*.jar`, { cwd: folder }).sort());
  return sha256(jars.map((jar) => `${sha256(readFileSync(join(folder, jar)))}  ${jar}\n`).join(""));
}

async function copyDependencies(folder: string, name: string, artifacts: readonly string[]): Promise<void> {
  const dependencies = artifacts.map((artifact) => {
    const [groupId, artifactId, version] = artifact.split(":");
    return `<dependency><groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version></dependency>`;
  });
  const pom = join(folder, `${name}.xml`);
  await writeFile(
    pom,
    `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>mysfits</groupId><artifactId>${name}</artifactId><version>1</version><dependencies>${dependencies.join("")}</dependencies></project>`,
  );
  const output = `-DoutputDirectory=${join(folder, name)}`;
  await promisify(execFile)("mvn", ["-q", "-B", "-f", pom, COPY_DEPENDENCIES, "-DincludeScope=runtime", output]);
}
