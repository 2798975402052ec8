import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { ExecutionContext } from "ava";

const CLIENT = import.meta.resolve("@aws-sdk/client-ecr");

/**
 * Puts a fake `npm` and a fake `docker` on a PATH. Both record their calls. A push puts a manifest into the registry, as
 * docker does after the layers.
 */
export function fakeDocker(t: ExecutionContext) {
  const folder = mkdtempSync(join(tmpdir(), "docker-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const log = join(folder, "log");
  writeFileSync(log, "");
  const program = (name: string, source: string) => {
    const file = join(folder, `${name}.mjs`);
    writeFileSync(
      file,
      `import { appendFileSync, readFileSync } from "node:fs";\nappendFileSync(${JSON.stringify(log)}, ["${name}", ...process.argv.slice(2)].join(" ") + "\\n");\n${source}`,
    );
    writeFileSync(join(folder, name), `#!/bin/sh\nexec "${process.execPath}" "${file}" "$@"\n`);
    chmodSync(join(folder, name), 0o755);
  };
  program("npm", "");
  program("docker", PUSH);
  return {
    path: [folder, process.env.PATH].join(delimiter),
    calls: () => readFileSync(log, "utf8").split("\n").filter(Boolean),
  };
}

const PUSH = `
const [command, image] = process.argv.slice(2);
if (command === "login") {
  process.exitCode = readFileSync(0, "utf8") ? 0 : 1;
} else if (command === "push" && process.env.PUSH_FAILS !== "always") {
  const { ECRClient, PutImageCommand, StartImageScanCommand } = await import(${JSON.stringify(CLIENT)});
  const [, repositoryName, imageTag] = /^[^/]+\\/(.*):(.*)$/.exec(image);
  const ecr = new ECRClient();
  await ecr.send(new PutImageCommand({
    repositoryName, imageTag,
    imageManifest: JSON.stringify({ schemaVersion: 2, mediaType: "application/vnd.docker.distribution.manifest.v2+json", config: { digest: image } }),
  }));
  await ecr.send(new StartImageScanCommand({ repositoryName, imageId: { imageTag } })); // ECR scans on push
  process.exitCode = process.env.PUSH_FAILS === "after another" ? 1 : 0;
} else {
  process.exitCode = 1;
}
`;
