import { start } from "../shared/start.ts";
import { likeEnvironment, likeService } from "./app.ts";

await start("like", likeEnvironment, likeService);
