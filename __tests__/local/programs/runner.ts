import { Program } from "../../../local/processes/program.ts";

// A runner with one program, whose process id it tells, that never ends of itself.

const program = new Program({
  name: "stubborn",
  file: "__tests__/local/programs/stubborn.ts",
  port: 1,
  drainSeconds: 60,
  environment: {},
});
program.on("line", () => console.log(program.pid));
program.start();
