import type { Formula } from "./metric.ts";
import type { SavedQuery } from "./query.ts";

/** Read from top to bottom: the first section answers the first question of somebody who has just been woken. */
export interface Dashboard {
  readonly sections: readonly Section[];
}

/** A row of widgets that share the width evenly. */
export interface Section {
  /** The question that the section answers. */
  readonly title: string;
  readonly widgets: readonly Widget[];
}

export type Widget = MetricWidget | AlarmWidget | LogWidget | TextWidget;

export interface MetricWidget {
  readonly kind: "line" | "number";
  readonly title: string;
  readonly series: readonly Series[];
  /** What the left axis counts, such as `%`. */
  readonly unit: string;
  /** Drawn as a line across: where an alarm begins. */
  readonly limit?: number;
}

export interface Series {
  readonly label: string;
  readonly value: Formula;
}

/** The state of alarms, by their names. */
export interface AlarmWidget {
  readonly kind: "alarms";
  readonly title: string;
  readonly alarms: readonly string[];
}

export interface LogWidget {
  readonly kind: "log";
  readonly query: SavedQuery;
}

export interface TextWidget {
  readonly kind: "text";
  readonly markdown: string;
}
