import { VEGETA } from "../../../modules/load-generator/user-data.ts";
import type { GoProgram } from "../../go-program.ts";

const [version = ""] = /v\d+\.\d+\.\d+/.exec(VEGETA.url) ?? [];

/** The Vegeta of the load generator. */
export const VEGETA_PROGRAM: GoProgram = { path: "github.com/tsenart/vegeta/v12", version };
