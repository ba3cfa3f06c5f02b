import { useQuery } from "@tanstack/react-query";
import { ImagePlus, Upload, X } from "lucide-react";
import { type DragEvent, useRef, useState } from "react";
import { type ArtifactType, type Generation, here, smallOf } from "@/api/client";
import { generationQuery } from "@/api/queries";
import { carriesFiles, draggedTile } from "@/gallery/drag";
import type { WidgetProps } from "@/generate/field";
import { type Json, withArtifact } from "@/generate/form";
import { titleOf } from "@/kit/texts";
import { anyOf, TYPE_NAMES, TypeIcon } from "@/kit/types";
import { useStudio } from "@/studio";

/** A place for artifacts: pick one on the board, drag one here, or drop a file. */
export function SlotField({ field, value, onChange, id, describedBy, isInvalid }: WidgetProps) {
  const { generator, picking, pick, openForm, upload } = useStudio();
  const [isOver, setOver] = useState(false);
  const [isRefused, setRefused] = useState(false);
  const ids = idsIn(value);
  const isMany = field.widget === "slots";
  const isPicking = picking?.slot === field.name && picking.generator === generator?.name;
  const fits = ({ artifact_type, status }: Generation) =>
    status === "completed" && field.takes.includes(artifact_type);

  const add = (generations: readonly Generation[]) => {
    const fitting = generations.filter(fits);
    setRefused(fitting.length < generations.length);
    let next = value;
    for (const one of fitting) next = withArtifact(field, next, one.id);
    if (fitting.length) onChange(next);
  };
  const remove = (place: number) =>
    onChange(isMany && ids.length > 1 ? ids.filter((_, at) => at !== place) : undefined);
  const startPick = () => {
    if (!generator) return;
    pick(
      isPicking
        ? null
        : { generator: generator.name, slot: field.name, title: field.title, takes: field.takes },
    );
    openForm(false);
  };
  const drop = {
    onDragOver: (event: DragEvent) => {
      const tile = draggedTile();
      if (!(tile ? fits(tile) : carriesFiles(event))) return;
      event.preventDefault();
      event.stopPropagation();
      setOver(true);
    },
    onDragLeave: () => setOver(false),
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      event.stopPropagation();
      setOver(false);
      const tile = draggedTile();
      if (tile) add([tile]);
      else void upload(event.dataTransfer.files).then(add);
    },
  };
  const hasRoom = isMany ? ids.length < field.maxItems : ids.length === 0;
  return (
    <div
      {...drop}
      id={id}
      className={`rounded-xl transition-shadow ${isOver || isPicking ? "ring-2 ring-accent ring-offset-2 ring-offset-panel" : ""} ${isInvalid ? "ring-1 ring-red" : ""}`}
    >
      <div className={isMany && ids.length ? "grid grid-cols-3 gap-1.5" : ""}>
        {ids.map((one, place) => (
          <Filled
            key={`${one}-${place}`}
            id={one}
            isSmall={isMany}
            onChange={startPick}
            onRemove={() => remove(place)}
          />
        ))}
        {hasRoom && (
          <Vacant
            isSmall={isMany && ids.length > 0}
            isPicking={isPicking}
            takes={field.takes}
            describedBy={describedBy}
            title={field.title}
            onPick={startPick}
            onFiles={(files) => void upload(files).then(add)}
          />
        )}
      </div>
      {isRefused && (
        <p role="alert" className="mt-1.5 text-xs text-red">
          This takes {anyOf(field.takes)}.
        </p>
      )}
    </div>
  );
}

interface VacantProps {
  isSmall: boolean;
  isPicking: boolean;
  takes: readonly ArtifactType[];
  title: string;
  describedBy: string | undefined;
  onPick: () => void;
  onFiles: (files: Iterable<File>) => void;
}

function Vacant({ isSmall, isPicking, takes, title, describedBy, onPick, onFiles }: VacantProps) {
  const file = useRef<HTMLInputElement>(null);
  return (
    <div
      className={`relative flex items-center rounded-xl border border-dashed border-edge ${isSmall ? "aspect-square flex-col justify-center" : "h-16"}`}
    >
      <button
        type="button"
        aria-label={`Choose ${anyOf(takes)} on the board for ${title}`}
        aria-describedby={describedBy}
        aria-pressed={isPicking}
        onClick={onPick}
        className={`flex flex-1 items-center gap-2.5 self-stretch rounded-xl text-soft hover:bg-well hover:text-ink ${isSmall ? "justify-center" : "px-4"}`}
      >
        <ImagePlus size={18} strokeWidth={1.75} aria-hidden="true" />
        {!isSmall && (
          <span>{isPicking ? "Choose on the board" : `Pick or drop ${anyOf(takes)}`}</span>
        )}
      </button>
      <button
        type="button"
        aria-label={`Upload a file for ${title}`}
        title="Upload a file"
        onClick={() => file.current?.click()}
        className={`grid place-items-center text-soft hover:bg-well hover:text-ink ${isSmall ? "h-8 w-full rounded-b-xl" : "h-full w-12 rounded-r-xl"}`}
      >
        <Upload size={16} strokeWidth={1.75} />
      </button>
      <input
        ref={file}
        type="file"
        hidden
        accept={acceptOf(takes)}
        onChange={({ target }) => {
          onFiles([...(target.files ?? [])]);
          target.value = "";
        }}
      />
    </div>
  );
}

interface FilledProps {
  id: string;
  isSmall: boolean;
  onChange: () => void;
  onRemove: () => void;
}

function Filled({ id, isSmall, onChange, onRemove }: FilledProps) {
  const { view } = useStudio();
  const { data: generation, error } = useQuery(generationQuery(id));
  const title = generation ? titleOf(generation) : error ? "Not found" : "…";
  return (
    <div
      className={`relative flex min-w-0 overflow-hidden rounded-xl bg-well ${isSmall ? "aspect-square" : "h-16 items-center gap-3 p-1.5"}`}
    >
      <button
        type="button"
        aria-label={`Look at ${title}`}
        onClick={() => view(id)}
        className={isSmall ? "size-full" : "size-13 shrink-0 overflow-hidden rounded-lg"}
      >
        {generation && <Thumb generation={generation} />}
      </button>
      {!isSmall && (
        <button type="button" onClick={onChange} className="min-w-0 flex-1 text-left">
          <span className={`block truncate text-[13px] ${error ? "text-red" : ""}`}>{title}</span>
          <span className="block truncate text-xs text-soft">
            {generation ? TYPE_NAMES[generation.artifact_type] : ""}
            <span className="sr-only">Choose another</span>
          </span>
        </button>
      )}
      <button
        type="button"
        aria-label={`Remove ${title}`}
        title="Remove"
        onClick={onRemove}
        className={
          isSmall
            ? "absolute top-1 right-1 grid size-6 place-items-center rounded-full bg-panel/90 text-soft hover:text-ink"
            : "grid size-9 shrink-0 place-items-center rounded-lg text-soft hover:text-ink"
        }
      >
        <X size={isSmall ? 13 : 16} />
      </button>
    </div>
  );
}

/** A generation in a few pixels; here, as nowhere else, it may be cut to fit. */
export function Thumb({ generation }: { generation: Generation }) {
  const { artifact_type, file, thumbnail_url } = generation;
  const whole = artifact_type === "image" && file ? here(file.url) : null;
  const url = thumbnail_url ? smallOf(thumbnail_url, 256) : whole;
  if (url) {
    return (
      <img
        src={url}
        alt={titleOf(generation)}
        loading="lazy"
        decoding="async"
        className="size-full object-cover"
      />
    );
  }
  if (artifact_type === "video" && file) {
    return (
      <video
        src={`${here(file.url)}#t=0.1`}
        muted
        preload="metadata"
        className="size-full object-cover"
      />
    );
  }
  return (
    <span className="grid size-full place-items-center bg-raised text-soft">
      <TypeIcon type={artifact_type} size={20} />
    </span>
  );
}

function idsIn(value: Json | undefined): string[] {
  const all = Array.isArray(value) ? value : [value];
  return all.filter((one): one is string => typeof one === "string" && one !== "");
}

function acceptOf(takes: readonly ArtifactType[]): string | undefined {
  const kinds = takes.map((type) => (type === "text" ? ".txt,.md" : `${type}/*`));
  return takes.some((type) => type === "lora" || type === "model") ? undefined : kinds.join(",");
}
