import { serviceEnvironment } from "../service/shared/environment.ts";

/** Where the router listens, in the environment of whoever starts the system or sends likes to it. */
export const SITE_PORT = serviceEnvironment.shape.PORT.unwrap().default(8080);
