import { isMainThread } from "node:worker_threads";

// Loaded ahead of every program that the runner starts. The runner holds the other end of the program's standard input and
// never writes to it: the end of the input means that the runner is gone, however it went, and nobody waits for an answer.
if (isMainThread) {
  process.stdin.once("close", () => process.kill(process.pid, "SIGKILL"));
  process.stdin.resume().unref();
}
