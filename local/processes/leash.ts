import { isMainThread } from "node:worker_threads";

// Loaded ahead of every program that the runner starts, and of a runner that a bench starts. Who starts it holds the other
// end of its standard input and never writes to it: the end of the input means that they are gone, however they went, and
// nobody waits for an answer.
if (isMainThread) {
  process.stdin.once("close", () => process.kill(process.pid, "SIGKILL"));
  process.stdin.resume().unref();
}
