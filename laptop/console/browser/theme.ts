import { effect, signal } from "@preact/signals";

export const THEMES = ["auto", "light", "dark"] as const;

export type Theme = (typeof THEMES)[number];

const KEY = "theme";

/** `auto` follows the operating system. */
export const theme = signal<Theme>(THEMES.find((name) => name === localStorage.getItem(KEY)) ?? "auto");

/** True in dark mode, for canvases, which CSS variables do not reach. */
export const dark = signal(false);

const system = matchMedia("(prefers-color-scheme: dark)");
system.addEventListener("change", updateDark);

effect(() => {
  if (theme.value === "auto") {
    localStorage.removeItem(KEY);
    delete document.documentElement.dataset.theme;
  } else {
    localStorage.setItem(KEY, theme.value);
    document.documentElement.dataset.theme = theme.value;
  }
  updateDark();
});

function updateDark(): void {
  dark.value = theme.value === "auto" ? system.matches : theme.value === "dark";
}
