import { useEffect } from "react";
import { useStable } from "@/kit/hooks";

/** A key as the sheet shows it, and what it does where. `keys` are alternatives. */
export interface KeyLine {
  where: "Everywhere" | "Board" | "Full view" | "Lineage" | "Generate" | "Story";
  keys: readonly string[];
  does: string;
}

export const KEYS: readonly KeyLine[] = [
  { where: "Everywhere", keys: ["Mod+K"], does: "Find a board, a generator or a command" },
  { where: "Everywhere", keys: ["?"], does: "This sheet" },
  { where: "Everywhere", keys: ["J"], does: "Jobs" },
  { where: "Generate", keys: ["G"], does: "Go to the form" },
  { where: "Generate", keys: ["M"], does: "Choose a generator" },
  { where: "Generate", keys: ["Mod+Enter"], does: "Generate" },
  { where: "Generate", keys: ["Alt+↑", "Alt+↓"], does: "Earlier and later prompts" },
  { where: "Board", keys: ["←", "→", "↑", "↓"], does: "Walk over the tiles" },
  { where: "Board", keys: ["Home", "End"], does: "To the newest, to the oldest" },
  { where: "Board", keys: ["Enter"], does: "Full view" },
  { where: "Board", keys: ["Space"], does: "Select" },
  { where: "Board", keys: ["Shift+arrow", "Shift+click"], does: "Select a range" },
  { where: "Board", keys: ["Mod+A"], does: "Select all" },
  { where: "Board", keys: ["Esc"], does: "Select nothing" },
  { where: "Board", keys: ["."], does: "Favourite" },
  { where: "Board", keys: ["Del"], does: "Delete, with undo" },
  { where: "Board", keys: ["/"], does: "Search this board" },
  { where: "Full view", keys: ["←", "→"], does: "Newer, older" },
  { where: "Full view", keys: ["A"], does: "Recall all inputs" },
  { where: "Full view", keys: ["P"], does: "Recall the prompt" },
  { where: "Full view", keys: ["S"], does: "Recall the seed" },
  { where: "Full view", keys: ["R"], does: "Remix: all but the seed" },
  { where: "Full view", keys: ["U"], does: "Use as input" },
  { where: "Full view", keys: ["C"], does: "Compare; then Alt+arrows change the other one" },
  { where: "Full view", keys: ["L"], does: "Lineage" },
  { where: "Full view", keys: ["["], does: "What it was made from" },
  { where: "Full view", keys: ["]"], does: "What was made from it" },
  { where: "Full view", keys: ["."], does: "Favourite" },
  { where: "Full view", keys: ["Z"], does: "Without the panel" },
  { where: "Full view", keys: ["Del"], does: "Delete, with undo" },
  { where: "Lineage", keys: ["←", "→", "↑", "↓"], does: "Walk over the graph" },
  { where: "Lineage", keys: ["Enter"], does: "Full view" },
  { where: "Story", keys: ["←", "→"], does: "Earlier card, later card" },
  { where: "Story", keys: ["Shift+←", "Shift+→"], does: "Put the card there" },
  { where: "Story", keys: ["1", "…", "9"], does: "Pick a take" },
];

/** Whether a key that is pressed there is meant for what is being filled in. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches("textarea, select, input:not([type=checkbox], [type=range], [type=radio])"))
  );
}

/** `mod+k`, `shift+arrowright`, `?`: mod is Ctrl, or ⌘ on a Mac. */
export function comboOf(event: KeyboardEvent | React.KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const isLetter = /^[a-z]$/.test(key);
  return [
    event.metaKey || event.ctrlKey ? "mod+" : "",
    event.altKey ? "alt+" : "",
    // A sign that needs Shift to be typed is that sign.
    event.shiftKey && (isLetter || key.length > 1) ? "shift+" : "",
    key === " " ? "space" : key.toLowerCase(),
  ].join("");
}

type Actions = Readonly<Record<string, (() => void) | undefined>>;

/** What keys do while this stands on the page; none of it where somebody is typing, but for `mod`. */
export function useKeys(actions: Actions, isOn = true): void {
  const act = useStable((event: KeyboardEvent) => {
    if (event.defaultPrevented) return;
    const combo = comboOf(event);
    const action = actions[combo];
    if (!action || (isTyping(event.target) && !combo.startsWith("mod+k"))) return;
    event.preventDefault();
    action();
  });
  useEffect(() => {
    if (!isOn) return;
    addEventListener("keydown", act);
    return () => removeEventListener("keydown", act);
  }, [act, isOn]);
}

const isMac = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.userAgent);

/** A key as it is called on this machine. */
export function keyText(key: string): string {
  return isMac ? key.replace("Mod+", "⌘").replace("Alt+", "⌥") : key.replace("Mod", "Ctrl");
}
