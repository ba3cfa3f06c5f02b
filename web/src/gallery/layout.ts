/** How tiles of one shape lie on a board of some width: rows in true order, none longer. */
export interface Layout {
  columns: number;
  rows: number;
  /** The side of a tile's square. */
  side: number;
  /** From the top of one row to the top of the next. */
  rowHeight: number;
  gap: number;
}

/** Two lines below each square, with the space above them. */
const CAPTION = 46;

export function layoutOf(width: number, count: number, least: number): Layout {
  const isNarrow = width < 600;
  const gap = isNarrow ? 12 : 18;
  const fitting = Math.floor((width + gap) / ((isNarrow ? Math.min(least, 150) : least) + gap));
  const columns = Math.max(2, fitting);
  const side = Math.max(0, (width - gap * (columns - 1)) / columns);
  return {
    columns,
    rows: Math.ceil(count / columns),
    side,
    gap,
    rowHeight: side + CAPTION + gap,
  };
}

/** Where a key leads from a place; the place itself at an edge. */
export function stepFrom(place: number, key: string, columns: number, count: number): number {
  const last = count - 1;
  switch (key) {
    case "ArrowLeft":
      return Math.max(0, place - 1);
    case "ArrowRight":
      return Math.min(last, place + 1);
    case "ArrowUp":
      return place < columns ? place : place - columns;
    case "ArrowDown":
      // Into a shorter last row: its end.
      return Math.floor(place / columns) === Math.floor(last / columns)
        ? place
        : Math.min(last, place + columns);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return place;
  }
}

/** When an id was made: the first 48 bits of a UUID of version 7 are milliseconds. */
export function madeAt(id: string): Date | null {
  if (id[14] !== "7") return null;
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
}
