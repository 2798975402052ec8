import { once } from "node:events";
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { MYSFITS, type Mysfit, tableItem } from "../../model/mysfits.ts";
import { CONTENT_TYPES, SITE_HEADERS } from "../../model/site.ts";

const SITE = join(import.meta.dirname, "../../web");

export type Call = "list" | "profile" | "like" | "adopt";

/**
 * Response of a fake service to a call: by the contract; an error status; held until `release()`; a connection closed
 * within the response; or 200 with a web page, like a misconfigured proxy.
 */
export type Behavior = "ok" | 404 | 500 | 503 | "hold" | "break" | "page";

/**
 * Fake origin of the site: its files with CloudFront's headers, and services with this contract.
 *
 * - `GET /mysfits` returns 200 `{"mysfits": [{mysfitId, name, goodevil, lawchaos, species, thumbImageUri}]}`.
 * - `GET /mysfits?filter=GoodEvil|LawChaos&value=V` returns the same, for one attribute at a time.
 * - `GET /mysfits/{id}` also returns `age` (number), `description`, `profileImageUri`, `likes` (a string of digits), and
 *   `adopted` (boolean).
 * - `POST /mysfits/{id}/like` and `/adopt` return 200 `{"Update": "Success"}`.
 * - An unknown mysfit is 404. Errors are JSON `{"error": "..."}`. A like with a 404 was not counted; one with a 503 or
 *   without a response may have been.
 */
export class FakeServices {
  readonly behavior: Record<Call, Behavior> = { list: "ok", profile: "ok", like: "ok", adopt: "ok" };
  /** Received calls, such as `POST /mysfits/…/like`. */
  readonly calls: string[] = [];
  mysfits: readonly Mysfit[] = MYSFITS;
  readonly likes = new Map<string, number>();
  readonly adopted = new Set<string>();
  #held: (() => void)[] = [];
  #server = createServer((request, response) => this.#respond(request, response));

  async start(): Promise<this> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  release(): void {
    for (const respond of this.#held.splice(0)) {
      respond();
    }
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  #respond(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? "/", this.origin);
    if (!url.pathname.startsWith("/mysfits")) {
      sendFile(url.pathname === "/" ? "/index.html" : url.pathname, response);
      return;
    }
    this.calls.push(`${request.method} ${url.pathname}${url.search}`);
    const { call, answer } = this.#play(request.method ?? "", url);
    const behavior = call ? this.behavior[call] : 404;
    const carryOut = () => sendJson(response, ...answer());
    if (behavior === "ok") {
      carryOut();
    } else if (behavior === "hold") {
      this.#held.push(carryOut);
    } else if (behavior === "break") {
      // After the headers: before them, Chromium would send the call again on a reused connection, even a POST.
      response.writeHead(200, { "content-type": "application/json", "content-length": 99 });
      response.write("{", () => response.destroy());
    } else if (behavior === "page") {
      sendFile("/index.html", response);
    } else {
      sendJson(response, behavior, { error: "refused for the test" });
    }
  }

  #play(method: string, url: URL): { call?: Call; answer: () => [status: number, body: object] } {
    const [, , id, verb] = url.pathname.split("/");
    const known = this.mysfits.find((mysfit) => mysfit.id === id);
    const unknown: [number, object] = [404, { error: "no such mysfit" }];
    const update = (change: (mysfit: Mysfit) => void): [number, object] => {
      if (!known) {
        return unknown;
      }
      change(known);
      return [200, { Update: "Success" }];
    };
    switch (`${method} ${id ? "one" : "all"} ${verb ?? ""}`) {
      case "GET all ":
        return { call: "list", answer: () => [200, { mysfits: filtered(this.mysfits, url.searchParams).map(listed) }] };
      case "GET one ":
        return { call: "profile", answer: () => (known ? [200, this.#profile(known)] : unknown) };
      case "POST one like":
        return { call: "like", answer: () => update(({ id }) => this.likes.set(id, (this.likes.get(id) ?? 0) + 1)) };
      case "POST one adopt":
        return { call: "adopt", answer: () => update(({ id }) => this.adopted.add(id)) };
      default:
        return { answer: () => [404, { error: "no such address" }] };
    }
  }

  #profile(mysfit: Mysfit) {
    return {
      ...listed(mysfit),
      age: mysfit.age,
      description: mysfit.description,
      profileImageUri: tableItem(mysfit).ProfileImageUri.S,
      likes: String(this.likes.get(mysfit.id) ?? 0),
      adopted: this.adopted.has(mysfit.id),
    };
  }
}

function filtered(mysfits: readonly Mysfit[], query: URLSearchParams): readonly Mysfit[] {
  const value = query.get("value");
  switch (query.get("filter")) {
    case "GoodEvil":
      return mysfits.filter(({ goodEvil }) => goodEvil === value);
    case "LawChaos":
      return mysfits.filter(({ lawChaos }) => lawChaos === value);
    default:
      return mysfits;
  }
}

function listed(mysfit: Mysfit) {
  return {
    mysfitId: mysfit.id,
    name: mysfit.name,
    goodevil: mysfit.goodEvil,
    lawchaos: mysfit.lawChaos,
    species: mysfit.species,
    thumbImageUri: tableItem(mysfit).ThumbImageUri.S,
  };
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(body));
}

function sendFile(path: string, response: ServerResponse): void {
  const file = join(SITE, path);
  if (!existsSync(file) || !statSync(file).isFile()) {
    response.writeHead(403, SITE_HEADERS).end();
    return;
  }
  response.writeHead(200, { ...SITE_HEADERS, "content-type": CONTENT_TYPES[extname(file)] });
  createReadStream(file).pipe(response);
}
