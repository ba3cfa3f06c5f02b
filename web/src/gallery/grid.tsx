import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useCallback, useLayoutEffect, useRef, useState } from "react";
import type { Generation } from "@/api/client";
import { known } from "@/api/queries";
import { favouritesQuery } from "@/boards/curation";
import { layoutOf, madeAt, stepFrom } from "@/gallery/layout";
import { Tile } from "@/gallery/tile";
import { useStable } from "@/kit/hooks";
import { comboOf } from "@/kit/keys";
import { useStudio } from "@/studio";

const ROWS_AROUND = 3;
/** From how many on a date is shown while one scrolls. */
const MANY = 200;

interface Props {
  /** The least side of a tile, in pixels. */
  size: number;
  onDelete: (ids: readonly string[]) => void;
  onFavourite: (ids: readonly string[]) => void;
}

/** The tiles: of a hundred thousand only those are there that are seen. */
export function Grid({ size, onDelete, onFavourite }: Props) {
  const studio = useStudio();
  const { ids, selection, picking, view } = studio;
  const queries = useQueryClient();
  const { data: favourites } = useQuery(favouritesQuery);
  const list = useRef<HTMLUListElement>(null);
  const [{ width, top }, setBox] = useState({ width: 0, top: 0 });
  useLayoutEffect(() => {
    const element = list.current;
    if (!element) return;
    const measure = () => {
      const box = element.getBoundingClientRect();
      setBox({ width: box.width, top: Math.round(box.top + scrollY) });
    };
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    watch.observe(document.body);
    return () => watch.disconnect();
  }, []);
  const layout = layoutOf(width, ids.length, size);
  const { columns, rows, rowHeight, side, gap } = layout;
  const virtual = useWindowVirtualizer({
    count: width ? rows : 0,
    estimateSize: () => rowHeight,
    overscan: ROWS_AROUND,
    scrollMargin: top,
    scrollPaddingStart: 130,
    scrollPaddingEnd: 100,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: its rows have another height now
  useLayoutEffect(() => virtual.measure(), [rowHeight, virtual]);

  const focusAt = useCallback(
    (place: number) => {
      const id = ids[place];
      if (!id) return;
      virtual.scrollToIndex(Math.floor(place / columns), { align: "auto" });
      focusTile(id);
    },
    [ids, columns, virtual],
  );
  const onKeyDown = useStable((event: KeyboardEvent<HTMLUListElement>) => {
    const target = event.target;
    if (!(target instanceof HTMLElement) || !target.matches("[data-tile]")) return;
    const id = target.closest<HTMLElement>("[data-generation]")?.dataset.generation ?? "";
    const combo = comboOf(event);
    const chosen = selection.ids.size ? [...selection.ids] : [id];
    if (/^(shift\+)?(arrow|home|end)/.test(combo)) {
      const next = stepFrom(ids.indexOf(id), event.key, columns, ids.length);
      if (event.shiftKey) {
        if (selection.ids.size === 0) selection.toggle(id);
        const to = ids[next];
        if (to) selection.extend(to);
      }
      focusAt(next);
    } else if (combo === "space") selection.toggle(id);
    else if (combo === "mod+a") selection.all();
    else if (combo === "delete") onDelete(chosen);
    else if (combo === ".") onFavourite(chosen);
    else if (combo === "escape" && selection.ids.size) selection.clear();
    else return;
    event.preventDefault();
  });

  const onOpen = useStable((id: string, event: React.MouseEvent) => {
    if (event.shiftKey) selection.extend(id);
    else if (event.metaKey || event.ctrlKey || selection.ids.size) selection.toggle(id);
    else {
      selection.beginAt(id);
      view(id);
    }
  });
  const onSelect = useStable((id: string, isRange: boolean) =>
    isRange ? selection.extend(id) : selection.toggle(id),
  );
  const onUse = useStable((id: string) => {
    const one = known(queries, id);
    if (one) studio.use(one);
  });
  const canUse = useStable((one: Generation) => studio.canUse(one));
  const makerOf = useStable((one: Generation) => studio.makerOf(one));

  return (
    <>
      <ul
        ref={list}
        aria-label="On this board"
        className="relative mx-4 my-4 sm:mx-6"
        style={{ height: Math.max(0, rows * rowHeight - gap) }}
        onKeyDown={onKeyDown}
      >
        {virtual
          .getVirtualItems()
          .flatMap((row) =>
            ids
              .slice(row.index * columns, (row.index + 1) * columns)
              .map((id, column) => (
                <Tile
                  key={id}
                  id={id}
                  place={row.index * columns + column}
                  count={ids.length}
                  x={column * (side + gap)}
                  y={row.start - top}
                  side={side}
                  takes={picking?.takes ?? null}
                  isFavourite={favourites?.has(id) ?? false}
                  isSelected={selection.ids.has(id)}
                  isSelecting={selection.ids.size > 0}
                  makerOf={makerOf}
                  canUse={canUse}
                  onOpen={onOpen}
                  onUse={onUse}
                  onSelect={onSelect}
                />
              )),
          )}
      </ul>
      {ids.length > MANY && virtual.isScrolling && (
        <DateMark id={ids[(virtual.range?.startIndex ?? 0) * columns]} />
      )}
    </>
  );
}

/** Where in time one is while scrolling; read from the id, so it costs nothing. */
function DateMark({ id }: { id: string | undefined }) {
  const at = id ? madeAt(id) : null;
  if (!at) return null;
  return (
    <p
      aria-hidden="true"
      className="pointer-events-none fixed top-30 right-6 z-20 rounded-full bg-ink px-3 py-1 text-xs font-medium text-panel tabular-nums shadow-lift"
    >
      {new Intl.DateTimeFormat(undefined, { dateStyle: "medium" }).format(at)}
    </p>
  );
}

/** Focus a tile as soon as it is there: what was scrolled to is drawn some frames later. */
export function focusTile(id: string, frames = 12): void {
  const tile = document.querySelector<HTMLElement>(`[data-generation="${id}"] [data-tile]`);
  if (tile) tile.focus({ preventScroll: true });
  else if (frames > 0) requestAnimationFrame(() => focusTile(id, frames - 1));
}
