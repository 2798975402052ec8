import { useEffect, useRef } from "preact/hooks";

export interface Shortcut {
  /** A `KeyboardEvent.key`, or a sequence of two such as `g l`. */
  readonly keys: string;
  /** Description for the list of shortcuts. */
  readonly action: string;
  readonly run: () => void;
}

/** Milliseconds between the two keys of a sequence. */
const SEQUENCE_TIMEOUT = 1_000;

const known = new Set<Shortcut>();
let before = { key: "", at: 0 };

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) {
    return;
  }
  const two = event.timeStamp - before.at < SEQUENCE_TIMEOUT ? `${before.key} ${event.key}` : "";
  before = { key: event.key, at: event.timeStamp };
  const shortcut = find(two) ?? find(event.key);
  if (shortcut) {
    event.preventDefault();
    before.key = "";
    shortcut.run();
  }
});

/** Shortcuts of the open page and the navigation. */
export function shortcuts(): readonly Shortcut[] {
  return [...known];
}

/** Adds a shortcut while the component is mounted. Keys typed into a form field do not trigger it. */
export function useShortcut(keys: string, action: string, run: () => void): void {
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    const shortcut = { keys, action, run: () => latest.current() };
    known.add(shortcut);
    return () => known.delete(shortcut);
  }, [keys, action]);
}

function find(keys: string): Shortcut | undefined {
  return [...known].find((shortcut) => shortcut.keys === keys);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest("input:not([type=checkbox], [type=radio]), textarea, select, dialog") !== null
  );
}
