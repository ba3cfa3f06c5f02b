import type { Lineage, LineageNode } from "@/api/client";

/** A lineage as a drawing: each generation once, inputs left of what was made from them. */
export interface Drawn {
  nodes: readonly DrawnNode[];
  edges: readonly DrawnEdge[];
}

export interface DrawnNode {
  id: string;
  /** False for what may not be seen. */
  known: boolean;
  column: number;
  row: number;
}

export interface DrawnEdge {
  from: string;
  to: string;
  /** The name of the input that it went into. */
  roles: readonly string[];
}

export function drawn({
  generation_id,
  ancestors,
  descendants,
}: Pick<Lineage, "generation_id" | "ancestors" | "descendants">): Drawn {
  const known = new Map<string, boolean>([[generation_id, true]]);
  const edges = new Map<string, { from: string; to: string; roles: Set<string> }>();
  const add = (from: string, to: string, role: string | null | undefined) => {
    const key = `${from} ${to}`;
    const edge = edges.get(key) ?? { from, to, roles: new Set<string>() };
    if (role) edge.roles.add(role);
    edges.set(key, edge);
  };
  const walk = (node: LineageNode, isBack: boolean) => {
    for (const next of node.branches) {
      known.set(next.generation_id, next.known);
      if (isBack) add(next.generation_id, node.generation_id, next.role);
      else add(node.generation_id, next.generation_id, next.role);
      walk(next, isBack);
    }
  };
  walk(ancestors, true);
  walk(descendants, false);
  const all = [...edges.values()];
  const columns = columnsOf([...known.keys()], all);
  const rows = rowsOf(columns, all);
  return {
    nodes: [...known].map(([id, isKnown]) => ({
      id,
      known: isKnown,
      column: columns.get(id) ?? 0,
      row: rows.get(id) ?? 0,
    })),
    edges: all.map(({ from, to, roles }) => ({ from, to, roles: [...roles] })),
  };
}

interface Edge {
  from: string;
  to: string;
}

/** Each stands one column right of the rightmost thing that it was made from. */
function columnsOf(ids: readonly string[], edges: readonly Edge[]): Map<string, number> {
  const columns = new Map(ids.map((id) => [id, 0]));
  // A lineage has no cycles; were there one, this still ends.
  for (let round = 0; round < ids.length; round += 1) {
    let isMoved = false;
    for (const { from, to } of edges) {
      const least = (columns.get(from) ?? 0) + 1;
      if ((columns.get(to) ?? 0) < least) {
        columns.set(to, least);
        isMoved = true;
      }
    }
    if (!isMoved) break;
  }
  // What nothing was made for stands beside its first use, not at the far left.
  for (const id of ids) {
    if (edges.some(({ to }) => to === id)) continue;
    const uses = edges.filter(({ from }) => from === id).map(({ to }) => columns.get(to) ?? 0);
    if (uses.length) columns.set(id, Math.min(...uses) - 1);
  }
  return columns;
}

/** Within a column, each near the middle of what it was made from; centred on the whole. */
function rowsOf(columns: ReadonlyMap<string, number>, edges: readonly Edge[]): Map<string, number> {
  const rows = new Map<string, number>();
  const last = Math.max(...columns.values());
  for (let column = 0; column <= last; column += 1) {
    const ids = [...columns].filter(([, at]) => at === column).map(([id]) => id);
    const wish = (id: string) => {
      const before = edges.filter(({ to }) => to === id).map(({ from }) => rows.get(from) ?? 0);
      return before.length ? before.reduce((sum, one) => sum + one, 0) / before.length : 0;
    };
    const sorted = ids.toSorted((one, other) => wish(one) - wish(other));
    for (const [place, id] of sorted.entries()) rows.set(id, place - (sorted.length - 1) / 2);
  }
  return rows;
}

/** Where an arrow key leads: along an edge sideways, up and down within a column. */
export function stepOn({ nodes, edges }: Drawn, from: string, key: string): string | null {
  const here = nodes.find(({ id }) => id === from);
  if (!here) return null;
  const nearest = (some: readonly DrawnNode[]) =>
    some.toSorted((one, other) => Math.abs(one.row - here.row) - Math.abs(other.row - here.row))[0]
      ?.id ?? null;
  const among = (ids: readonly string[]) => nodes.filter(({ id }) => ids.includes(id));
  const beside = nodes.filter(({ column }) => column === here.column);
  switch (key) {
    case "ArrowLeft":
      return nearest(among(edges.filter(({ to }) => to === from).map((edge) => edge.from)));
    case "ArrowRight":
      return nearest(among(edges.filter((edge) => edge.from === from).map(({ to }) => to)));
    case "ArrowUp":
      return nearest(beside.filter(({ row }) => row < here.row));
    case "ArrowDown":
      return nearest(beside.filter(({ row }) => row > here.row));
    default:
      return null;
  }
}
