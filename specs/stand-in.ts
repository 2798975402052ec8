// Terraform starts the services before anything of ours was ever built. Until its first release a container of ours runs
// this instead: it is healthy, so nothing restarts and nobody is paged, and it knows no mysfit.

/** Label by which a container of ours names the repository that its releases take their images from. */
export const REPOSITORY_LABEL = "mysfits.repository";

const NODE = "public.ecr.aws/docker/library/node:26.10.0-slim";

/** What a container definition says of the stand-in; a release replaces the image and leaves the rest out. */
export function standIn(port: number) {
  return { image: NODE, entryPoint: ["node", "--eval"], command: [program(port)], user: "node" };
}

// 404 is also what the monolith says of a mysfit that it does not know, so like may be released before it.
function program(port: number): string {
  return `
process.on("SIGTERM", () => process.exit());
require("node:http").createServer((request, response) => {
  const healthy = request.url === "/";
  response.writeHead(healthy ? 200 : 404, { "content-type": "application/json; charset=utf-8" });
  response.end(healthy ? '{"status":"waiting for the first release"}' : '{"error":"nothing is released yet"}');
}).listen(${port});`.trim();
}
