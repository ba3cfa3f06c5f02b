import { Moon, Sun, SunMoon } from "lucide-react";
import { useSyncExternalStore } from "react";
import { IconButton } from "@/kit/button";

export type Theme = "system" | "light" | "dark";

/** public/theme.js reads the same before the first paint. */
const STORED = "boards.theme";
export const THEMES: readonly Theme[] = ["system", "light", "dark"];
const ICONS = { system: SunMoon, light: Sun, dark: Moon };
const CHANGED = "boards:theme";

export function setTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(STORED, theme);
  } catch {
    // It lasts as long as the page.
  }
  dispatchEvent(new Event(CHANGED));
}

export function useTheme(): Theme {
  return useSyncExternalStore(
    (listener) => {
      addEventListener(CHANGED, listener);
      return () => removeEventListener(CHANGED, listener);
    },
    () => (document.documentElement.dataset.theme as Theme | undefined) ?? "system",
  );
}

export function ThemeSwitch() {
  const theme = useTheme();
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
  const Icon = ICONS[theme];
  return (
    <IconButton label={`Theme: ${theme}. Change to ${next}`} onClick={() => setTheme(next)}>
      <Icon size={18} strokeWidth={1.75} />
    </IconButton>
  );
}
