import type { ComponentChild, FunctionComponent } from "preact";
import type { Channels } from "../messages.ts";

/** A page of the console. */
export interface Page {
  readonly path: `/${string}`;
  readonly title: string;
  /** Key that opens the page when pressed after `g`. */
  readonly key: string;
  /** SVG lines on a 16 by 16 grid, drawn in the text color. */
  readonly icon: ComponentChild;
  /** Channels to subscribe to while the page is open, see {@link import("./events.ts").channel}. */
  readonly channels: readonly (keyof Channels)[];
  readonly Content: FunctionComponent;
}
