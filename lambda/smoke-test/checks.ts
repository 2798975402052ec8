/** A request to the side that has no visitors yet, and what a healthy one answers. Nothing here is ever counted. */
export interface Check {
  readonly name: string;
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly status: number;
  /** What the answer's `error` says. */
  readonly error: string;
}

/** An id as mysfits have them, of none of them. */
const NOBODY = "00000000-0000-0000-0000-000000000000";

const LIKE = `/mysfits/${NOBODY}/like`;

/** The listener leads these paths alone to the like service, so its health check cannot be asked from here. */
export const LIKE_CHECKS: readonly Check[] = [
  {
    name: "the service answers by itself",
    method: "GET",
    path: LIKE,
    status: 405,
    error: "GET is not allowed here: expected POST",
  },
  {
    name: "a like travels to the monolith and back",
    method: "POST",
    path: LIKE,
    status: 404,
    error: `no mysfit has the id "${NOBODY}"`,
  },
];
