import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import test, { type ExecutionContext } from "ava";
import { serveSite } from "../../../../laptop/system/load-balancer/site.ts";
import { SITE_HEADERS } from "../../../../model/site.ts";

test("serves the files with their types, index.html at the root, and the site's security headers", async (t) => {
  const { origin } = await serve(t);
  const index = await fetch(origin);
  t.is(index.status, 200);
  t.is(index.headers.get("content-type"), "text/html; charset=utf-8");
  t.is(await index.text(), "<h1>Mysfits</h1>");
  for (const [name, value] of Object.entries(SITE_HEADERS)) {
    t.is(index.headers.get(name), value);
  }
  const picture = await fetch(`${origin}/images/coco.svg?v=2`);
  t.is(picture.headers.get("content-type"), "image/svg+xml");
  t.is(await picture.text(), "<svg/>");
});

test("a browser revalidates, and gets 304 if nothing has changed", async (t) => {
  const { origin, folder } = await serve(t);
  const first = await fetch(origin);
  const tag = first.headers.get("etag") ?? "";
  t.is(first.headers.get("cache-control"), "no-cache");
  t.truthy(tag);
  const ask = () => fetch(origin, { headers: { "if-none-match": tag, "cache-control": "max-age=0" } });
  const second = await ask();
  t.is(second.status, 304);
  t.is(await second.text(), "");
  writeFileSync(join(folder, "index.html"), "<h1>All adopted</h1>");
  t.is((await ask()).status, 200);
});

test("answers HEAD without a body, and rejects methods other than GET and HEAD", async (t) => {
  const { origin } = await serve(t);
  const head = await fetch(origin, { method: "HEAD" });
  t.is(head.headers.get("content-length"), "16");
  t.is(await head.text(), "");
  const post = await fetch(origin, { method: "POST", body: "x" });
  t.is(post.status, 405);
  t.is(post.headers.get("allow"), "GET, HEAD");
});

for (const path of [
  "/../secret.txt",
  "/images/../../secret.txt",
  "/%2e%2e/secret.txt",
  "/..%2fsecret.txt",
  "/..\\secret.txt",
  "/images/%00",
  "/%zz",
  "//secret.txt",
  "/.hidden.html",
  "/images",
  "/images/",
  "/nothing.html",
]) {
  test(`exposes no file at ${path}`, async (t) => {
    const { port, folder } = await serve(t);
    // A raw socket, because fetch would normalize the path.
    const socket = connect(port, "127.0.0.1");
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    const answer = await text(socket);
    t.regex(answer, /^HTTP\/1\.1 (400|403|404) /);
    t.notRegex(answer, /secret of the house/);
    t.false(answer.includes(folder), answer);
  });
}

async function serve(t: ExecutionContext) {
  const house = mkdtempSync(join(tmpdir(), "mysfits-site-"));
  const folder = join(house, "web");
  mkdirSync(join(folder, "images"), { recursive: true });
  writeFileSync(join(house, "secret.txt"), "secret of the house");
  writeFileSync(join(folder, ".hidden.html"), "secret of the house");
  writeFileSync(join(folder, "index.html"), "<h1>Mysfits</h1>");
  writeFileSync(join(folder, "images/coco.svg"), "<svg/>");
  const answer = serveSite(folder);
  const server = createServer((request, response) => answer(request, response, request.url?.split("?")[0] ?? ""));
  await once(server.listen(0, "127.0.0.1"), "listening");
  t.teardown(() => {
    server.close().closeAllConnections();
    rmSync(house, { recursive: true });
  });
  const { port } = server.address() as AddressInfo;
  return { folder, port, origin: `http://127.0.0.1:${port}` };
}
