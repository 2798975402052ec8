import { isMainThread } from "node:worker_threads";

// Preloaded into every program that the runner starts, and into a runner that a benchmark starts. The parent process holds
// the other end of standard input and never writes to it, so the end of the input means that the parent is gone and there
// is nothing left to drain.
if (isMainThread) {
  process.stdin.once("close", () => process.kill(process.pid, "SIGKILL"));
  process.stdin.resume().unref();
}
