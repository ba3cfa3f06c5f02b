import { useCallback, useState } from "react";

/** Something kept in this browser. What was written by hand or long ago passes `read` first. */
export function useStored<T>(
  name: string,
  read: (found: unknown) => T,
): [T, (next: T | ((now: T) => T)) => void] {
  const [value, setValue] = useState<T>(() => read(stored(name)));
  const change = useCallback(
    (next: T | ((now: T) => T)) =>
      setValue((now) => {
        const then = typeof next === "function" ? (next as (now: T) => T)(now) : next;
        store(name, then);
        return then;
      }),
    [name],
  );
  return [value, change];
}

export function stored(name: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "null");
  } catch {
    return null;
  }
}

export function store(name: string, value: unknown): void {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // Storage is full or switched off: it lasts as long as the page.
  }
}

export function textsIn(found: unknown): string[] {
  return Array.isArray(found) ? found.filter((one): one is string => typeof one === "string") : [];
}
