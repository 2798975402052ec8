import type Router from "@koa/router";
import type { Observability } from "../observability.ts";
import type { System } from "../system.ts";
import type { AnyTopic } from "./live.ts";

/** A running system with what is kept of it. */
export type ObservedSystem = System & { readonly observability: Observability };

export function isObserved(system: System): system is ObservedSystem {
  return system.observability !== undefined;
}

/** The server's part of a page. */
export interface PagePart {
  /** What its tabs are told without asking. */
  readonly topics?: readonly AnyTopic[];
  /** Adds what it answers, each with {@link import("./answer.ts").answer}. */
  routes?(router: Router): void;
  /** Ends what it does by itself. */
  stop?(): void;
}
