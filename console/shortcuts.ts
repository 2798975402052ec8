import { useEffect, useRef } from "preact/hooks";

export interface Shortcut {
  /** A key as `KeyboardEvent.key` has it, or two after one another, such as `g l`. */
  readonly keys: string;
  readonly does: string;
  readonly act: () => void;
}

/** Milliseconds between two keys that belong together. */
const TOGETHER = 1_000;

const known = new Set<Shortcut>();
let before = { key: "", at: 0 };

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) {
    return;
  }
  const two = event.timeStamp - before.at < TOGETHER ? `${before.key} ${event.key}` : "";
  before = { key: event.key, at: event.timeStamp };
  const shortcut = find(two) ?? find(event.key);
  if (shortcut) {
    event.preventDefault();
    before.key = "";
    shortcut.act();
  }
});

/** Those that work on the page that is open, for people to read. */
export function shortcuts(): readonly Shortcut[] {
  return [...known];
}

/** Gives the open page a shortcut, or the shell. Keys typed into a field are the field's. */
export function useShortcut(keys: string, does: string, act: () => void): void {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    const shortcut = { keys, does, act: () => latest.current() };
    known.add(shortcut);
    return () => known.delete(shortcut);
  }, [keys, does]);
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
