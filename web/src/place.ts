import { useCallback, useSyncExternalStore } from "react";

/** Where somebody is: which board, and which generation in full view. It stands in the address. */
export interface Place {
  board: string | null;
  view: string | null;
}

const MOVED = "boards:moved";

export function usePlace(): [Place, (to: Partial<Place>, how?: "push" | "replace") => void] {
  const search = useSyncExternalStore(subscribe, () => location.search);
  const known = new URLSearchParams(search);
  const go = useCallback((to: Partial<Place>, how: "push" | "replace" = "push") => {
    const query = new URLSearchParams(location.search);
    for (const [key, value] of Object.entries(to)) {
      if (value) query.set(key, value);
      else query.delete(key);
    }
    const text = query.toString();
    const next = text ? `?${text}` : location.pathname;
    if (how === "push") history.pushState(null, "", next);
    else history.replaceState(null, "", next);
    dispatchEvent(new Event(MOVED));
  }, []);
  return [{ board: known.get("board"), view: known.get("view") }, go];
}

function subscribe(listener: () => void): () => void {
  addEventListener("popstate", listener);
  addEventListener(MOVED, listener);
  return () => {
    removeEventListener("popstate", listener);
    removeEventListener(MOVED, listener);
  };
}
