import { useCallback, useSyncExternalStore } from "react";

/** The pages of the studio. Each may be covered by the full view of one generation. */
export type PageName = "home" | "board" | "lineage" | "spend" | "settings" | "story";

/** Where somebody is. It stands in the address, so that it can be kept, shared and gone back to. */
export interface Place {
  page: PageName;
  board: string | null;
  /** The generation in full view. */
  view: string | null;
  /** What it is compared with. */
  compare: string | null;
  /** What the page is about: the generation whose lineage is drawn, the name of a story. */
  of: string | null;
  /** Which part of a page that has several. */
  part: string | null;
  /** What the board is narrowed to; see `gallery/filter.ts`. */
  only: string | null;
}

export type Go = (to: Partial<Place>, how?: "push" | "replace") => void;

const MOVED = "boards:moved";
const NAMED: readonly PageName[] = ["lineage", "spend", "settings", "story"];

export function placeOf(search: string): Place {
  const known = new URLSearchParams(search);
  const board = known.get("board");
  const named = NAMED.find((name) => name === known.get("page"));
  return {
    page: named ?? (board ? "board" : "home"),
    board,
    view: known.get("view"),
    compare: known.get("compare"),
    of: known.get("of"),
    part: known.get("part"),
    only: known.get("only"),
  };
}

/** The address of another place; what is not said stays as it is. */
export function searchOf(from: string, to: Partial<Place>): string {
  const query = new URLSearchParams(from);
  for (const [key, value] of Object.entries(to)) {
    if (value && !(key === "page" && (value === "home" || value === "board"))) {
      query.set(key, value);
    } else query.delete(key);
  }
  if (to.page === "home") query.delete("board");
  const text = query.toString();
  return text ? `?${text}` : "";
}

/** What a page is reached by: nothing of the place before stays, but the board. */
export const TO_PAGE = { view: null, compare: null, of: null, part: null, only: null } as const;

export function usePlace(): [Place, Go] {
  const search = useSyncExternalStore(subscribe, () => location.search);
  const go = useCallback<Go>((to, how = "push") => {
    const next = searchOf(location.search, to) || location.pathname;
    if (how === "push") history.pushState(null, "", next);
    else history.replaceState(null, "", next);
    dispatchEvent(new Event(MOVED));
  }, []);
  return [placeOf(search), go];
}

function subscribe(listener: () => void): () => void {
  addEventListener("popstate", listener);
  addEventListener(MOVED, listener);
  return () => {
    removeEventListener("popstate", listener);
    removeEventListener(MOVED, listener);
  };
}
