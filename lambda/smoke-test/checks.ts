/** A request to the replacement task set, and the response of a healthy one. It counts no like. */
export interface Check {
  readonly name: string;
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly status: number;
  /** The response's `error`. */
  readonly error: string;
}

/** A valid id that no mysfit has. */
const UNKNOWN_ID = "00000000-0000-0000-0000-000000000000";

const LIKE = `/mysfits/${UNKNOWN_ID}/like`;

/** The test listener forwards only these paths to the like service, so its health check is out of reach here. */
export const LIKE_CHECKS: readonly Check[] = [
  {
    name: "the like service responds",
    method: "GET",
    path: LIKE,
    status: 405,
    error: "GET is not allowed here: expected POST",
  },
  {
    name: "a like reaches the monolith",
    method: "POST",
    path: LIKE,
    status: 404,
    error: `no mysfit has the id "${UNKNOWN_ID}"`,
  },
];
