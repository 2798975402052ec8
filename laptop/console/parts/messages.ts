// Message types that several pages share.

/** A request and its response. */
export interface Call<Request, Response> {
  readonly request: Request;
  readonly response: Response;
}

/** A request or response without fields. The effect of a POST shows in the page's channel. */
export type Empty = Readonly<Record<never, never>>;

export interface AlarmState {
  readonly name: string;
  readonly title: string;
  readonly meaning: string;
  readonly firstStep: string;
  /** `page` alerts the on-call engineer; `notify` only sends a notification. */
  readonly severity: "page" | "notify";
  /** `unknown` until the runner has been up for as long as the alarm looks back. */
  readonly state: "firing" | "ok" | "unknown";
  /** For example `above 5% in 3 of 5 min with 20 likes or more`. */
  readonly condition: string;
  /** Name of its page in the runbook. */
  readonly runbook: string;
  /** Names of the saved queries that `firstStep` mentions. */
  readonly queries: readonly string[];
  /** Value in the last complete period, even with too little traffic to fire. Absent without data. */
  readonly value?: number;
  /** Unit of the value. Absent for counts. */
  readonly unit?: string;
  /** Traffic in the last complete period. Present for alarms that need a minimum to fire. */
  readonly traffic?: { readonly count: number; readonly needed: number; readonly noun: "likes" | "requests" };
}
