import { Program } from "../../../laptop/system/processes/program.ts";

// A runner that never exits. It starts one program and prints its process ID.

const program = new Program({
  name: "ignores-sigterm",
  file: "__tests__/laptop/programs/ignores-sigterm.ts",
  port: 1,
  drainSeconds: 60,
  environment: {},
});
program.on("line", () => console.log(program.pid));
program.start();
