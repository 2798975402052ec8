// Terraform starts the services before any image of this project exists. Until its first release, each container runs this
// program instead. It passes health checks, so no task restarts and no alarm fires, and it answers 404 for every mysfit.

const LABEL_END = ".repository";

/** Docker label that names the repository of a container's releases. */
export function repositoryLabel(project: string): string {
  return `${project}${LABEL_END}`;
}

/** Value of the label under any prefix; undefined for a third-party image. */
export function labeledRepository(labels: Readonly<Record<string, string>>): string | undefined {
  return Object.entries(labels).find(([name]) => name.endsWith(LABEL_END))?.[1];
}

const NODE = "public.ecr.aws/docker/library/node:26.10.0-slim";

/** Container definition of the bootstrap image. A release replaces the image and drops the other fields. */
export function bootstrapContainer(port: number) {
  return { image: NODE, entryPoint: ["node", "--eval"], command: [program(port)], user: "node" };
}

// The monolith also answers 404 for an unknown mysfit, so the like service may be released first.
function program(port: number): string {
  return `
process.on("SIGTERM", () => process.exit());
require("node:http").createServer((request, response) => {
  const healthy = request.url === "/";
  response.writeHead(healthy ? 200 : 404, { "content-type": "application/json; charset=utf-8" });
  response.end(healthy ? '{"status":"waiting for the first release"}' : '{"error":"nothing is released yet"}');
}).listen(${port});`.trim();
}
