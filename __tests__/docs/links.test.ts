import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "ava";

const ROOT = join(import.meta.dirname, "../..");

/** Pages that people read; reviews of test plans and packages are not among them. */
const PAGES = globSync("{*,docs/**/*,findings/*,laptop/**/*,lambda/**/*}.md", { cwd: ROOT });

/** Paths that start with a folder of the project, in code. */
const PATH = /`((?:model|modules|stacks|service|lambda|web|laptop|tools|docs|settings|__tests__|findings)\/[\w./-]+)`/g;

/** Parts of the paths of files that a page tells its reader to create. */
const MADE_UP = /badge|staging|p01/;

test("links lead to files and headings that exist", (t) => {
  t.true(PAGES.length > 40);
  for (const page of PAGES) {
    for (const [link, target, anchor] of textOf(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)) {
      const file = target ? join(dirname(page), target) : page;
      t.true(existsSync(join(ROOT, file)), `${page}: ${link}`);
      t.true(anchor === undefined || anchorsOf(file).includes(anchor), `${page}: ${link}`);
    }
  }
});

test("files that a page names exist", (t) => {
  for (const page of PAGES) {
    for (const [, path = ""] of textOf(page).matchAll(PATH)) {
      t.true(MADE_UP.test(path) || existsSync(join(ROOT, path)), `${page}: ${path}`);
    }
  }
});

/** A page without its code blocks. */
function textOf(page: string): string {
  return readFileSync(join(ROOT, page), "utf8").replaceAll(/^ *```.*?^ *```/gms, "");
}

/** The anchors that GitHub gives to the headings of a page. */
function anchorsOf(page: string): readonly string[] {
  return [...textOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}
