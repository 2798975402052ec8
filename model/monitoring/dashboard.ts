import type { Formula } from "./metric.ts";
import type { SavedQuery } from "./query.ts";

/** A dashboard, in the order in which an on-call engineer asks questions after a page. */
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
  /** Unit of the left axis, such as `%`. */
  readonly unit: string;
  /** Threshold of an alarm, drawn as a horizontal line. */
  readonly limit?: number;
}

export interface Series {
  readonly label: string;
  readonly value: Formula;
}

/** State of alarms, by name. */
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

/** A widget with its position in CloudWatch's grid of 24 columns. */
export interface PlacedWidget {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly widget: Widget;
}

const GRID_COLUMNS = 24;
const HEADING_ROWS = 1;
const WIDGET_ROWS = 6;

/** Places the sections from top to bottom, each with a heading and its widgets side by side. */
export function layOut({ sections }: Dashboard): readonly PlacedWidget[] {
  return sections.flatMap(({ title, widgets }, section) => {
    const y = section * (HEADING_ROWS + WIDGET_ROWS);
    const width = Math.floor(GRID_COLUMNS / widgets.length);
    const heading: TextWidget = { kind: "text", markdown: `## ${title}` };
    return [
      { x: 0, y, width: GRID_COLUMNS, height: HEADING_ROWS, widget: heading },
      ...widgets.map((widget, column) => ({
        x: column * width,
        y: y + HEADING_ROWS,
        width,
        height: WIDGET_ROWS,
        widget,
      })),
    ];
  });
}
