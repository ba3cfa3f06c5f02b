import { useQuery } from "@tanstack/react-query";
import { Check, CornerUpLeft, Download, Heart } from "lucide-react";
import { type MouseEvent, memo } from "react";
import { type ArtifactType, downloadOf, type Generation } from "@/api/client";
import { generationQuery } from "@/api/queries";
import { doing, isFinal } from "@/api/states";
import { beginDrag, endDrag } from "@/gallery/drag";
import { TileMedia } from "@/gallery/media";
import { Standing } from "@/gallery/standing";
import { priceText } from "@/generate/price";
import { titleOf } from "@/kit/texts";
import { TYPE_NAMES } from "@/kit/types";

interface Props {
  id: string;
  place: number;
  count: number;
  x: number;
  y: number;
  side: number;
  /** What the slot takes that a tile is being chosen for, if any is. */
  takes: readonly ArtifactType[] | null;
  isFavourite: boolean;
  isSelected: boolean;
  isSelecting: boolean;
  /** What made it, for people. */
  makerOf: (generation: Generation) => string;
  canUse: (generation: Generation) => boolean;
  onOpen: (id: string, event: MouseEvent) => void;
  onUse: (id: string) => void;
  onSelect: (id: string, isRange: boolean) => void;
}

/** One generation on the board: a print on its mat, with its title below. */
export const Tile = memo(function Tile(props: Props) {
  const { id, place, count, x, y, side, takes } = props;
  const { data: generation, isError } = useQuery(generationQuery(id));
  const isFitting =
    takes !== null &&
    generation?.status === "completed" &&
    takes.includes(generation.artifact_type);
  return (
    <li
      data-generation={id}
      data-status={generation?.status}
      aria-setsize={count}
      aria-posinset={place + 1}
      className={`group absolute top-0 left-0 transition-opacity duration-200 ${
        takes && !isFitting ? "pointer-events-none opacity-25" : ""
      }`}
      style={{ width: side, transform: `translate(${x}px, ${y}px)` }}
    >
      {generation ? (
        <Shown {...props} generation={generation} isFitting={isFitting} />
      ) : (
        <button
          type="button"
          data-tile
          aria-label={isError ? "Not to be seen" : "Loading"}
          className="block aspect-square w-full rounded-xl bg-panel ring-1 ring-line"
        />
      )}
    </li>
  );
});

function Shown({
  generation,
  isFitting,
  takes,
  isFavourite,
  isSelected,
  isSelecting,
  makerOf,
  canUse,
  onOpen,
  onUse,
  onSelect,
}: Props & { generation: Generation; isFitting: boolean }) {
  const { id, artifact_type, file } = generation;
  const isDone = generation.status === "completed";
  const maker = makerOf(generation);
  const title = titleOf(generation, maker);
  const price = priceText(generation.cost ?? generation.cost_estimate);
  const caption = [
    title === maker ? TYPE_NAMES[artifact_type] : maker,
    isDone && price === "free" ? null : price,
  ]
    .filter(Boolean)
    .join(" · ");
  const state = isDone
    ? ""
    : isFinal(generation)
      ? `, ${generation.status}`
      : `, ${doing(generation)}`;
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dragging has its like on the button */}
      <div
        draggable={isDone}
        onDragStart={(event) => beginDrag(event, generation)}
        onDragEnd={endDrag}
        className={`relative aspect-square rounded-xl bg-panel p-4 transition-shadow duration-200 hover:shadow-lift ${
          isFitting || isSelected ? "ring-2 ring-accent" : "ring-1 ring-line"
        }`}
      >
        <button
          type="button"
          data-tile
          aria-label={isFitting ? `Use ${title}` : `Open ${title}${state}`}
          className="absolute inset-0 z-[1] rounded-xl"
          disabled={takes !== null && !isFitting}
          onClick={(event) => (isFitting ? onUse(id) : onOpen(id, event))}
        />
        <div key={isDone ? "done" : "not"} className={`mat ${isDone ? "animate-fade" : ""}`}>
          {isDone ? <TileMedia generation={generation} /> : <Standing generation={generation} />}
        </div>
        {takes === null && (isDone || isFinal(generation)) && (
          <button
            type="button"
            aria-pressed={isSelected}
            aria-label={`Select ${title}`}
            tabIndex={-1}
            onClick={(event) => onSelect(id, event.shiftKey)}
            className={`absolute top-2 z-10 grid size-6 ${isDone ? "left-2" : "right-2"} place-items-center rounded-full transition-opacity duration-150 ${
              isSelected
                ? "bg-accent text-panel"
                : `bg-panel/90 text-transparent shadow-print hover:text-soft ${
                    isSelecting
                      ? ""
                      : "opacity-0 group-focus-within:opacity-100 group-hover:opacity-100"
                  }`
            }`}
          >
            <Check size={14} strokeWidth={3} />
          </button>
        )}
        {isDone && takes === null && !isSelecting && (
          <div className="absolute top-2 right-2 z-10 flex gap-1 opacity-0 transition-opacity duration-150 group-focus-within:opacity-100 group-hover:opacity-100 [@media(hover:none)]:hidden">
            {canUse(generation) && (
              <button
                type="button"
                aria-label={`Use ${title} as input`}
                title="Use as input"
                onClick={() => onUse(id)}
                className="grid size-8 place-items-center rounded-lg bg-panel text-soft shadow-print hover:text-ink"
              >
                <CornerUpLeft size={15} />
              </button>
            )}
            {file && (
              <a
                href={downloadOf(file.url)}
                download
                aria-label={`Download ${title}`}
                title="Download"
                className="grid size-8 place-items-center rounded-lg bg-panel text-soft shadow-print hover:text-ink"
              >
                <Download size={15} />
              </a>
            )}
          </div>
        )}
      </div>
      <p className="mt-2 flex items-center gap-1.5 px-0.5 text-[13px]" title={title}>
        <span className="truncate">{title}</span>
        {isFavourite && (
          <Heart
            size={12}
            fill="currentColor"
            className="shrink-0 text-red"
            aria-label="favourite"
          />
        )}
      </p>
      <p className="truncate px-0.5 text-xs text-soft">{caption}</p>
    </>
  );
}
