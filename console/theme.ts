import { effect, signal } from "@preact/signals";

export const THEMES = ["auto", "light", "dark"] as const;

export type Theme = (typeof THEMES)[number];

const KEY = "theme";

/** `auto` follows the system. */
export const theme = signal<Theme>(THEMES.find((name) => name === localStorage.getItem(KEY)) ?? "auto");

/** Whether dark colours are on, for what CSS cannot reach: a canvas. */
export const dark = signal(false);

const system = matchMedia("(prefers-color-scheme: dark)");
system.addEventListener("change", judge);

effect(() => {
  if (theme.value === "auto") {
    localStorage.removeItem(KEY);
    delete document.documentElement.dataset.theme;
  } else {
    localStorage.setItem(KEY, theme.value);
    document.documentElement.dataset.theme = theme.value;
  }
  judge();
});

function judge(): void {
  dark.value = theme.value === "auto" ? system.matches : theme.value === "dark";
}
