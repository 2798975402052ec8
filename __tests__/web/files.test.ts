import { execFileSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { DOMParser, onErrorStopParsing } from "@xmldom/xmldom";
import test from "ava";
import { MYSFITS, tableItem } from "../../model/mysfits.ts";
import { CONTENT_TYPES } from "../../model/site.ts";

const ROOT = join(import.meta.dirname, "../..");
const SITE = join(ROOT, "web");

const files = globSync("**/*.*", { cwd: SITE });

test("every file of the site has a content type", (t) => {
  t.deepEqual(
    files.filter((file) => !(extname(file) in CONTENT_TYPES)),
    [],
  );
});

test("the pictures are exactly those that the table names", (t) => {
  const named = MYSFITS.map(tableItem).flatMap(({ ThumbImageUri, ProfileImageUri }) => [
    ThumbImageUri.S,
    ProfileImageUri.S,
  ]);
  t.is(new Set(named).size, 24);
  t.deepEqual(
    globSync("images/*", { cwd: SITE })
      .map((file) => `/${file}`)
      .sort(),
    named.sort(),
  );
});

for (const file of files.filter((name) => name.endsWith(".svg"))) {
  test(`${file} is a well-formed, square, small SVG without scripts and external resources`, (t) => {
    const text = readFileSync(join(SITE, file), "utf8");
    const parser = new DOMParser({ onError: onErrorStopParsing });
    const picture = parser.parseFromString(text, "image/svg+xml").documentElement;

    t.is(picture?.namespaceURI, "http://www.w3.org/2000/svg");
    t.is(picture?.localName, "svg");
    t.is(picture?.getAttribute("width"), picture?.getAttribute("height"));
    t.true(Buffer.byteLength(text) < 8192);

    const elements = [...(picture?.getElementsByTagName("*") ?? [])];
    const drawing = ["g", "path", "circle", "ellipse"];
    t.true(elements.length > 5);
    t.deepEqual(
      elements.filter(({ localName }) => !drawing.includes(localName ?? "")).map(({ localName }) => localName),
      [],
    );
    const attributes = elements.flatMap((element) => [...element.attributes].map(({ name }) => name));
    t.deepEqual(
      attributes.filter((name) => /^on|href|^style$/.test(name)),
      [],
    );
  });
}

test("the JSDoc types of the site's modules are correct", (t) => {
  const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
  t.notThrows(() => execFileSync(process.execPath, [compiler, "-p", import.meta.dirname], { encoding: "utf8" }));
});
