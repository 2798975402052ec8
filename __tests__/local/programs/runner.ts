import { Task } from "../../../local/task.ts";

// A runner with one task, whose process id it tells, that never ends of itself.

const task = new Task({
  name: "stubborn",
  program: "__tests__/local/programs/stubborn.ts",
  port: 1,
  drainSeconds: 60,
  environment: {},
});
task.on("line", () => console.log(task.pid));
task.start();
