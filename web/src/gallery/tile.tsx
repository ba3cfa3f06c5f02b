import { CornerUpLeft, Download } from "lucide-react";
import { memo } from "react";
import { downloadOf, type Generation } from "@/api/client";
import { doing, isFinal } from "@/api/states";
import { beginDrag, endDrag } from "@/gallery/drag";
import { TileMedia } from "@/gallery/media";
import { Standing } from "@/gallery/standing";
import { priceText } from "@/generate/price";
import { titleOf } from "@/kit/texts";
import { TYPE_NAMES } from "@/kit/types";

interface Props {
  generation: Generation;
  /** What made it, for people. */
  maker: string;
  /** Whether tiles are being chosen for a slot, and whether this one fits. */
  choice: "none" | "fits" | "does not fit";
  canUse: boolean;
  onOpen: (generation: Generation) => void;
  onUse: (generation: Generation) => void;
}

/** One generation on the board: a print on its mat, with its title below. */
export const Tile = memo(function Tile({
  generation,
  maker,
  choice,
  canUse,
  onOpen,
  onUse,
}: Props) {
  const isDone = generation.status === "completed";
  const title = titleOf(generation, maker);
  const price = priceText(generation.cost ?? generation.cost_estimate);
  const caption = [
    title === maker ? TYPE_NAMES[generation.artifact_type] : maker,
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
    <li
      data-generation={generation.id}
      data-status={generation.status}
      className={`group min-w-0 transition-opacity duration-200 ${
        choice === "does not fit" ? "pointer-events-none opacity-25" : ""
      }`}
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dragging has its like on the button */}
      <div
        draggable={isDone}
        onDragStart={(event) => beginDrag(event, generation)}
        onDragEnd={endDrag}
        className={`relative aspect-square rounded-xl bg-panel p-4 transition-shadow duration-200 hover:shadow-lift ${
          choice === "fits" ? "ring-2 ring-accent" : "ring-1 ring-line"
        }`}
      >
        <button
          type="button"
          data-tile
          aria-label={choice === "fits" ? `Use ${title}` : `Open ${title}${state}`}
          className="absolute inset-0 z-[1] rounded-xl"
          disabled={choice === "does not fit"}
          onClick={() => (choice === "fits" ? onUse(generation) : onOpen(generation))}
        />
        <div key={isDone ? "done" : "not"} className={`mat ${isDone ? "animate-fade" : ""}`}>
          {isDone ? <TileMedia generation={generation} /> : <Standing generation={generation} />}
        </div>
        {isDone && choice === "none" && (
          <div className="absolute top-2 right-2 z-10 flex gap-1 opacity-0 transition-opacity duration-150 group-focus-within:opacity-100 group-hover:opacity-100 [@media(hover:none)]:hidden">
            {canUse && (
              <TileAction label={`Use ${title} as input`} onClick={() => onUse(generation)}>
                <CornerUpLeft size={15} />
              </TileAction>
            )}
            {generation.file && (
              <a
                href={downloadOf(generation.file.url)}
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
      <p className="mt-2 truncate px-0.5 text-[13px]" title={title}>
        {title}
      </p>
      <p className="truncate px-0.5 text-xs text-soft">{caption}</p>
    </li>
  );
});

function TileAction({
  label,
  onClick,
  children,
}: {
  label: string;
  onClick: () => void;
  children: React.ReactNode;
}) {
  return (
    <button
      type="button"
      aria-label={label}
      title="Use as input"
      onClick={onClick}
      className="grid size-8 place-items-center rounded-lg bg-panel text-soft shadow-print hover:text-ink"
    >
      {children}
    </button>
  );
}
