import "./rows.css";
import { type ComponentChild, Fragment, type RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

interface RowsProps<Item> {
  readonly label: string;
  readonly items: readonly Item[];
  readonly keyOf: (item: Item) => string | number;
  readonly row: (item: Item) => ComponentChild;
  /** The open item. Without `details` it is shown elsewhere on the page. */
  readonly open?: Item | undefined;
  readonly details?: (item: Item) => ComponentChild;
  readonly onToggle: (item: Item) => void;
  /** Called when the list is scrolled near its end. */
  readonly onEnd?: () => void;
}

/** Pixels per row. */
const HEIGHT = 26;

/** Rows rendered above and below the visible ones. */
const MARGIN = 10;

/**
 * A list of any length that renders only the visible rows. New items at the top do not move the visible ones. The arrow keys
 * select a row, Enter opens it.
 */
export function Rows<Item>({ label, items, keyOf, row, open, details, onToggle, onEnd }: RowsProps<Item>) {
  const box = useRef<HTMLDivElement>(null);
  const detailsBox = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  const [extra, setExtra] = useState(0);
  const [active, setActive] = useState<string | number>();
  const openAt = open === undefined ? -1 : items.findIndex((item) => keyOf(item) === keyOf(open));
  const above = (index: number) => index * HEIGHT + (openAt >= 0 && index > openAt ? extra : 0);
  const total = above(items.length);
  const first = Math.max(0, Math.floor((view.top - extra) / HEIGHT) - MARGIN);
  const last = Math.min(items.length, Math.ceil((view.top + view.height) / HEIGHT) + MARGIN);

  const updateView = () => {
    const { scrollTop, clientHeight, scrollHeight } = box.current as HTMLDivElement;
    setView({ top: scrollTop, height: clientHeight });
    if (scrollTop > 0 && scrollTop + clientHeight > scrollHeight - 20 * HEIGHT) {
      onEnd?.();
    }
  };

  useLayoutEffect(() => {
    const observer = new ResizeObserver(updateView);
    observer.observe(box.current as HTMLDivElement);
    return () => observer.disconnect();
  }, []);

  useFirstRowInPlace(box, items, keyOf, view.top);
  useDetailsHeight(detailsBox, openAt >= first && openAt < last ? open && keyOf(open) : undefined, setExtra);

  const go = (to: number) => {
    const index = Math.min(Math.max(to, 0), items.length - 1);
    const item = items[index];
    if (item !== undefined) {
      const element = box.current as HTMLDivElement;
      setActive(keyOf(item));
      element.scrollTop = Math.min(Math.max(element.scrollTop, above(index + 1) - element.clientHeight), above(index));
    }
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== box.current) {
      return;
    }
    const at = items.findIndex((item) => keyOf(item) === active);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + 20,
      PageUp: at - 20,
      Home: 0,
      End: items.length - 1,
    };
    const to = steps[event.key];
    const item = items[at];
    if (to !== undefined) {
      event.preventDefault();
      go(to);
    } else if ((event.key === "Enter" || event.key === " ") && item !== undefined) {
      event.preventDefault();
      onToggle(item);
    }
  };

  return (
    <div
      class="rows"
      ref={box}
      role="treegrid"
      aria-label={label}
      aria-rowcount={items.length}
      tabIndex={0}
      aria-activedescendant={active === undefined ? undefined : `row-${active}`}
      onScroll={updateView}
      onKeyDown={onKeyDown}
    >
      <div class="all" role="rowgroup" style={{ height: `${total}px` }}>
        {items.slice(first, last).map((item, offset) => {
          const index = first + offset;
          const key = keyOf(item);
          return (
            <Fragment key={key}>
              {/* biome-ignore lint/a11y/useKeyWithClickEvents: the grid handles the keys of all its rows */}
              <div
                id={`row-${key}`}
                class={key === active ? "row active" : "row"}
                role="row"
                aria-rowindex={index + 1}
                {...(details
                  ? { "aria-level": 1, "aria-expanded": index === openAt }
                  : { "aria-selected": index === openAt })}
                style={{ top: `${above(index)}px`, height: `${HEIGHT}px` }}
                onClick={(event) => {
                  if (!(event.target as Element).closest("a")) {
                    setActive(key);
                    onToggle(item);
                  }
                }}
              >
                {row(item)}
              </div>
              {details && index === openAt && (
                <div
                  class="details"
                  role="row"
                  aria-level={2}
                  ref={detailsBox}
                  style={{ top: `${above(index) + HEIGHT}px` }}
                >
                  <div role="gridcell">{details(item)}</div>
                </div>
              )}
            </Fragment>
          );
        })}
      </div>
    </div>
  );
}

/** Keeps the first visible row in place when items are added above it. */
function useFirstRowInPlace<Item>(
  box: RefObject<HTMLDivElement | null>,
  items: RowsProps<Item>["items"],
  keyOf: RowsProps<Item>["keyOf"],
  top: number,
): void {
  const edge = useRef<{ readonly key: string | number; readonly index: number }>(undefined);
  useLayoutEffect(() => {
    const element = box.current as HTMLDivElement;
    if (edge.current && element.scrollTop > HEIGHT) {
      const { key, index } = edge.current;
      const now = items.findIndex((item) => keyOf(item) === key);
      if (now > index) {
        element.scrollTop += (now - index) * HEIGHT;
      }
    }
  }, [items]);
  useLayoutEffect(() => {
    const index = Math.floor(top / HEIGHT);
    const item = items[index];
    edge.current = item === undefined ? undefined : { key: keyOf(item), index };
  }, [items, top]);
}

/** Reports the height of the rendered details, which other details replace under another key; 0 without any. */
function useDetailsHeight(
  details: RefObject<HTMLDivElement | null>,
  key: string | number | undefined,
  report: (height: number) => void,
): void {
  useLayoutEffect(() => {
    const element = details.current;
    if (!element) {
      report(0);
      return;
    }
    const observer = new ResizeObserver(() => report(element.getBoundingClientRect().height));
    observer.observe(element);
    return () => observer.disconnect();
  }, [key]);
}
