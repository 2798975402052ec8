import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { BARE_ENVIRONMENT } from "../../bare-environment.ts";

const IMAGE = join(import.meta.dirname, "../../../tools/image/main.ts");

/** Folder with a container engine that prints its arguments. */
const engines = mkdtempSync(join(tmpdir(), "engines-"));
writeFileSync(join(engines, "docker"), '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 });
test.after.always(() => rmSync(engines, { recursive: true }));

for (const [options, message] of [
  [["--base", ""], "option '--base <image>' argument '' is invalid. expected an image"],
  [["--builder", ""], "option '--builder <image>' argument '' is invalid. expected an image"],
  [["--revision", ""], "option '--revision <commit>' argument '' is invalid. expected a commit"],
  [["--source", ""], "option '--source <url>' argument '' is invalid. expected a URL"],
  ...["", "BAD TAG", "like:a b", "Like:local", "like:", "like:-a", `like:${"a".repeat(129)}`].map(
    (tag) =>
      [["--tag", tag], `option '--tag <name:tag...>' argument '${tag}' is invalid. expected a lowercase`] as const,
  ),
] as const) {
  test(`${options.join(" ")} is rejected before an engine sees it`, (t) => {
    const { status, stdout, stderr } = build(...options);
    t.is(status, 1);
    t.true(stderr.includes(message), stderr);
    t.is(stdout, "");
  });
}

test("an image gets every name, and without one that of its program", (t) => {
  const names = [
    "123456789012.dkr.ecr.us-west-2.amazonaws.com/mysfits/like:c0ffee",
    `localhost:5000/my_own--like:${"A".repeat(128)}`,
    "like",
  ];
  t.deepEqual(tagsOf(build("--tag", ...names).stdout), names);
  t.deepEqual(tagsOf(build().stdout), ["mysfits/like:local"]);
});

function build(...options: readonly string[]) {
  return spawnSync(process.execPath, [IMAGE, "like", ...options], {
    encoding: "utf8",
    env: { ...BARE_ENVIRONMENT, PATH: engines },
  });
}

function tagsOf(output: string): readonly (string | undefined)[] {
  return [...output.matchAll(/^--tag\n(.*)$/gm)].map(([, name]) => name);
}
