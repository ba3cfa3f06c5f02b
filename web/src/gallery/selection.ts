import { useCallback, useMemo, useState } from "react";
import type { Ids } from "@/api/merge";

/** What is selected on a board, and where a range begins. */
export interface Selected {
  ids: ReadonlySet<string>;
  from: string | null;
}

export const NOTHING: Selected = { ids: new Set(), from: null };

export function toggled({ ids }: Selected, id: string): Selected {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return { ids: next, from: id };
}

/** Everything between where the range began and here comes to what is selected. */
export function extended({ ids, from }: Selected, to: string, order: Ids): Selected {
  const [one, other] = [from ? order.indexOf(from) : -1, order.indexOf(to)];
  if (other < 0) return { ids, from };
  const start = one < 0 ? other : one;
  const range = order.slice(Math.min(start, other), Math.max(start, other) + 1);
  return { ids: new Set([...ids, ...range]), from: order[start] ?? to };
}

export interface Selection extends Selected {
  toggle: (id: string) => void;
  extend: (to: string) => void;
  /** Where a range will begin, when one is made. */
  beginAt: (id: string) => void;
  all: () => void;
  clear: () => void;
}

export function useSelection(order: Ids): Selection {
  const [selected, setSelected] = useState(NOTHING);
  const clear = useCallback(() => setSelected(NOTHING), []);
  return useMemo(
    () => ({
      ...selected,
      toggle: (id) => setSelected((now) => toggled(now, id)),
      extend: (to) => setSelected((now) => extended(now, to, order)),
      beginAt: (id) => setSelected((now) => (now.ids.size ? now : { ...now, from: id })),
      all: () => setSelected((now) => ({ ...now, ids: new Set(order) })),
      clear,
    }),
    [selected, order, clear],
  );
}
