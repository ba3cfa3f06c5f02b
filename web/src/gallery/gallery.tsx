import { Upload as UploadIcon } from "lucide-react";
import {
  type DragEvent,
  type KeyboardEvent,
  useCallback,
  useEffect,
  useRef,
  useState,
} from "react";
import type { Generation } from "@/api/client";
import { said } from "@/api/problem";
import { carriesFiles } from "@/gallery/drag";
import { EmptyBoard } from "@/gallery/empty";
import { Tile } from "@/gallery/tile";
import { UploadTile } from "@/gallery/upload-tile";
import { Button } from "@/kit/button";
import { useStable } from "@/kit/hooks";
import { anyOf } from "@/kit/types";
import { useStudio } from "@/studio";

/** The board: everything on it in true order, newest first. */
export function Gallery() {
  const studio = useStudio();
  const { items, uploads, picking, makerOf, isLoaded, trouble, view, use, canUse } = studio;
  const { isOver, ...drop } = useFileDrop(studio.upload);
  const open = useStable(({ id }: Generation) => view(id));
  const onUse = useStable(use);
  const isEmpty = isLoaded && items.length === 0 && uploads.length === 0;
  return (
    <section aria-label="Board" className="relative min-h-full flex-1" {...drop}>
      {picking && <PickingBar />}
      {trouble && (
        <p role="alert" className="m-6 rounded-xl bg-red-soft p-4 text-red">
          {said(trouble)}
        </p>
      )}
      {isEmpty ? (
        <EmptyBoard />
      ) : (
        <ul
          className="grid grid-cols-2 gap-x-3 gap-y-5 p-4 sm:grid-cols-[repeat(auto-fill,minmax(13.5rem,1fr))] sm:gap-x-5 sm:gap-y-7 sm:p-6"
          onKeyDown={moveFocus}
        >
          {uploads.map((upload) => (
            <UploadTile key={`upload-${upload.id}`} upload={upload} />
          ))}
          {items.map((one) => (
            <Tile
              key={one.id}
              generation={one}
              maker={makerOf(one)}
              choice={picking ? (canUse(one) ? "fits" : "does not fit") : "none"}
              canUse={canUse(one)}
              onOpen={open}
              onUse={onUse}
            />
          ))}
          {!isLoaded && !trouble && <Placeholders />}
        </ul>
      )}
      <More />
      {isOver && (
        <div className="pointer-events-none fixed inset-3 z-40 grid animate-fade place-items-center rounded-2xl border-2 border-dashed border-accent bg-wall/85 backdrop-blur-sm">
          <p className="flex items-center gap-3 text-lg font-medium">
            <UploadIcon size={22} /> Drop to add to {studio.board?.title ?? "your board"}
          </p>
        </div>
      )}
    </section>
  );
}

function PickingBar() {
  const { picking, pick, openForm } = useStudio();
  const stop = useCallback(() => {
    pick(null);
    openForm(true);
  }, [pick, openForm]);
  useEffect(() => {
    const onKey = ({ key }: globalThis.KeyboardEvent) => key === "Escape" && stop();
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [stop]);
  if (!picking) return null;
  return (
    <div
      role="status"
      className="sticky top-14 z-20 flex animate-fade items-center justify-between gap-4 border-b border-line bg-accent-soft px-4 py-2.5 backdrop-blur-xl sm:px-6"
    >
      <p>
        Choose {anyOf(picking.takes)} for <strong className="font-medium">{picking.title}</strong>
      </p>
      <Button look="quiet" onClick={stop}>
        Cancel
      </Button>
    </div>
  );
}

/** Loads the next part when its end comes near. */
function More() {
  const { loadMore } = useStudio();
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!loadMore || !end.current) return;
    const seen = new IntersectionObserver(([entry]) => entry?.isIntersecting && loadMore(), {
      rootMargin: "800px",
    });
    seen.observe(end.current);
    return () => seen.disconnect();
  }, [loadMore]);
  return <div ref={end} className="h-px" />;
}

function Placeholders() {
  return Array.from({ length: 8 }, (_, place) => (
    <li key={place} aria-hidden="true" className="animate-breathe">
      <div className="aspect-square rounded-xl bg-panel ring-1 ring-line" />
    </li>
  ));
}

/** Arrow keys walk over the tiles as they are seen, by rows and columns. */
function moveFocus(event: KeyboardEvent<HTMLUListElement>): void {
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const step = steps[event.key as keyof typeof steps];
  const list = event.currentTarget;
  if (!step || !(event.target instanceof HTMLElement) || !event.target.matches("[data-tile]"))
    return;
  const tiles = [...list.querySelectorAll<HTMLElement>("[data-tile]")];
  const columns = getComputedStyle(list).gridTemplateColumns.split(" ").length;
  const [across = 0, down = 0] = step;
  const next = tiles[tiles.indexOf(event.target) + across + down * columns];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

function useFileDrop(upload: (files: Iterable<File>) => Promise<Generation[]>) {
  const [depth, setDepth] = useState(0);
  return {
    isOver: depth > 0,
    onDragEnter: (event: DragEvent) => carriesFiles(event) && setDepth((now) => now + 1),
    onDragLeave: (event: DragEvent) =>
      carriesFiles(event) && setDepth((now) => Math.max(0, now - 1)),
    onDragOver: (event: DragEvent) => carriesFiles(event) && event.preventDefault(),
    onDrop: (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      setDepth(0);
      void upload(event.dataTransfer.files);
    },
  };
}
