import { serviceEnvironment } from "../../../service/shared/environment.ts";

/** The `PORT` variable that the router listens on and that the load generator sends likes to. */
export const SITE_PORT = serviceEnvironment.shape.PORT.unwrap().default(8080);
