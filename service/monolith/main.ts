import { start } from "../shared/start.ts";
import { monolithEnvironment, monolithService } from "./app.ts";

await start("monolith", monolithEnvironment, monolithService);
