#!/usr/bin/env bash
# In a piscina pool whose threads are busy, a task at the head of the queue goes back to its end, so tasks that arrive later run
# first. Under steady load, a task can wait until the load ends.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent piscina@5.3.2

cat >task.mjs <<'TASK'
import { setTimeout as pause } from "node:timers/promises";

export default () => pause(20);
TASK

cat >probe.mjs <<'PROBE'
import { Piscina } from "piscina";

// Four clients; each sends its next task when its last one has finished.
const pool = new Piscina({
  filename: new URL("./task.mjs", import.meta.url).href,
  maxThreads: 1,
  stricterFIFO: process.argv[2] === "stricter",
});
const finished = [];
let sent = 0;
const client = async () => {
  while (sent < 12) {
    const task = ++sent;
    await pool.run();
    finished.push(task);
  }
};
await Promise.all([client(), client(), client(), client()]);
console.log(finished.join(" "));
await pool.destroy();
PROBE

default_order=$(node probe.mjs default)
stricter_order=$(node probe.mjs stricter)
echo "version:  piscina 5.3.2, one thread, tasks 1 to 12 from four clients"
echo "expected: the order of arrival, as with stricterFIFO: $stricter_order"
echo "observed: $default_order"
echo "source:   https://github.com/piscinajs/piscina/issues/1031; the README calls the default task queue \"first-in-first-out (fifo)\""
[ "$stricter_order" = "1 2 3 4 5 6 7 8 9 10 11 12" ] && [ "$default_order" != "$stricter_order" ]
