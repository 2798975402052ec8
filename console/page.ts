import type { ComponentChild, FunctionComponent } from "preact";
import type { Topics } from "./messages.ts";

/** What the shell has to know of a page. */
export interface Page {
  readonly path: `/${string}`;
  readonly title: string;
  /** Pressed after `g` it leads to the page. */
  readonly key: string;
  /** Lines in a square of 16 by 16, drawn in the colour of the text. */
  readonly icon: ComponentChild;
  /** What is told without asking while the page is open, see {@link import("./live.ts").topic}. */
  readonly topics: readonly (keyof Topics)[];
  readonly Content: FunctionComponent;
}
