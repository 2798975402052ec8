import "./tokens.css";
import "./base.css";
import "./shell.css";
import { render } from "preact";
import { ConsoleShell } from "./shell.tsx";

const root = document.getElementById("console");
if (root === null) {
  throw new Error("index.html has no element for the console");
}
render(<ConsoleShell />, root);
