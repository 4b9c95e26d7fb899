// Light, dark, or as the system says; the choice is kept in this browser. See also public/theme.js.
import { useSyncExternalStore } from "react";

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

const key = "dursor.theme";
const system = matchMedia("(prefers-color-scheme: dark)");
const watchers = new Set<() => void>();

const chosen = (): Theme => {
  const kept = localStorage.getItem(key);
  return kept === "light" || kept === "dark" ? kept : "system";
};

function apply() {
  const theme = chosen();
  document.documentElement.dataset.theme = theme === "system" ? (system.matches ? "dark" : "light") : theme;
  for (const watcher of watchers) watcher();
}

system.addEventListener("change", apply);
addEventListener("storage", (event) => {
  if (event.key === key) apply(); // another tab chose
});

export function chooseTheme(theme: Theme) {
  if (theme === "system") localStorage.removeItem(key);
  else localStorage.setItem(key, theme);
  apply();
}

const watch = (watcher: () => void) => {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
};

export const useTheme = () => useSyncExternalStore(watch, chosen);
export const useShownTheme = () =>
  useSyncExternalStore(watch, () => document.documentElement.dataset.theme as "light" | "dark");
