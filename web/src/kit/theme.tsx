import { Moon, Sun, SunMoon } from "lucide-react";
import { useState } from "react";
import { IconButton } from "@/kit/button";

type Theme = "system" | "light" | "dark";

/** public/theme.js reads the same before the first paint. */
const STORED = "boards.theme";
const ORDER: readonly Theme[] = ["system", "light", "dark"];
const ICONS = { system: SunMoon, light: Sun, dark: Moon };

export function ThemeSwitch() {
  const [theme, setTheme] = useState<Theme>(
    () => (document.documentElement.dataset.theme as Theme | undefined) ?? "system",
  );
  const next = ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length] ?? "system";
  const Icon = ICONS[theme];
  const change = () => {
    setTheme(next);
    if (next === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    try {
      localStorage.setItem(STORED, next);
    } catch {
      // It lasts as long as the page.
    }
  };
  return (
    <IconButton label={`Theme: ${theme}. Change to ${next}`} onClick={change}>
      <Icon size={18} strokeWidth={1.75} />
    </IconButton>
  );
}
