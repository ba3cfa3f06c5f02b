import { useQuery } from "@tanstack/react-query";
import { Columns2, SplitSquareHorizontal, X } from "lucide-react";
import { useState } from "react";
import { type Generation, here } from "@/api/client";
import { generationQuery } from "@/api/queries";
import { IconButton } from "@/kit/button";
import { useStored } from "@/kit/stored";
import { titleOf } from "@/kit/texts";
import { Stage } from "@/viewer/stage";

type Mode = "slider" | "side by side";
const readMode = (found: unknown): Mode => (found === "side by side" ? found : "slider");

interface Props {
  generation: Generation;
  otherId: string;
  onClose: () => void;
}

/** Two things at once: one over the other with a line to draw, or side by side. */
export function Compare({ generation, otherId, onClose }: Props) {
  const { data: other } = useQuery(generationQuery(otherId));
  const [mode, setMode] = useStored<Mode>("boards.compare", readMode);
  if (!other) return null;
  const arePictures = [generation, other].every(
    ({ artifact_type, file }) => artifact_type === "image" && file,
  );
  const shown = arePictures ? mode : "side by side";
  return (
    <div className="size-full">
      {shown === "slider" ? (
        <Slider one={other} two={generation} />
      ) : (
        <div className="grid size-full grid-cols-2 divide-x divide-line max-sm:grid-cols-1 max-sm:grid-rows-2">
          {[other, generation].map((each) => (
            <figure key={each.id} className="relative m-0 min-h-0 min-w-0">
              <Stage generation={each} />
              <Name generation={each} className="left-1/2 -translate-x-1/2" />
            </figure>
          ))}
        </div>
      )}
      <div className="absolute top-3 left-1/2 z-10 flex -translate-x-1/2 rounded-xl bg-panel shadow-lift">
        {arePictures && (
          <IconButton
            label={mode === "slider" ? "Side by side" : "Slider"}
            onClick={() => setMode(mode === "slider" ? "side by side" : "slider")}
          >
            {mode === "slider" ? <Columns2 size={17} /> : <SplitSquareHorizontal size={17} />}
          </IconButton>
        )}
        <IconButton label="Stop comparing" onClick={onClose}>
          <X size={17} />
        </IconButton>
      </div>
    </div>
  );
}

function Slider({ one, two }: { one: Generation; two: Generation }) {
  const [share, setShare] = useState(50);
  const picture = "absolute inset-0 size-full object-contain p-6 pt-16 lg:p-16";
  return (
    <div className="relative size-full">
      {two.file && <img src={here(two.file.url)} alt={titleOf(two)} className={picture} />}
      {one.file && (
        <img
          src={here(one.file.url)}
          alt={titleOf(one)}
          className={picture}
          style={{ clipPath: `inset(0 ${100 - share}% 0 0)` }}
        />
      )}
      <div
        aria-hidden="true"
        className="pointer-events-none absolute inset-y-0 w-0.5 bg-panel shadow-lift"
        style={{ left: `${share}%` }}
      >
        <span className="absolute top-1/2 left-1/2 grid size-9 -translate-x-1/2 -translate-y-1/2 place-items-center rounded-full bg-panel text-soft shadow-lift">
          ⇆
        </span>
      </div>
      <input
        type="range"
        aria-label="How much of each is seen"
        min={0}
        max={100}
        step={0.5}
        value={share}
        onChange={({ target }) => setShare(Number(target.value))}
        className="absolute inset-0 size-full cursor-ew-resize opacity-0"
      />
      <Name generation={one} className="left-4" />
      <Name generation={two} className="right-4" />
    </div>
  );
}

function Name({ generation, className }: { generation: Generation; className: string }) {
  return (
    <p
      className={`pointer-events-none absolute bottom-4 z-10 max-w-[45%] truncate rounded-lg bg-panel/90 px-2.5 py-1 text-xs shadow-print ${className}`}
    >
      {titleOf(generation)}
    </p>
  );
}
