import { Upload as UploadIcon } from "lucide-react";
import { type DragEvent, lazy, Suspense, useCallback, useEffect, useState } from "react";
import type { Generation } from "@/api/client";
import { said } from "@/api/problem";
import { useBulk } from "@/gallery/bulk";
import { carriesFiles } from "@/gallery/drag";
import { EmptyBoard } from "@/gallery/empty";
import { isEverything } from "@/gallery/filter";
import { Filters, SIZES } from "@/gallery/filters";
import { Grid } from "@/gallery/grid";
import { UploadTile } from "@/gallery/upload-tile";
import { Button } from "@/kit/button";
import { isTyping } from "@/kit/keys";
import { useStored } from "@/kit/stored";
import { anyOf } from "@/kit/types";
import { useStudio } from "@/studio";

const BulkBar = lazy(() => import("@/gallery/bulk-bar"));

const readSize = (found: unknown) =>
  (SIZES as readonly unknown[]).includes(found) ? (found as number) : SIZES[1];

/** The board: everything on it in true order, newest first. */
export function Gallery() {
  const studio = useStudio();
  const { ids, filter, uploads, picking, isLoaded, trouble, board, selection } = studio;
  const { isOver, ...drop } = useFileDrop(studio.upload);
  usePaste(studio.upload);
  const [size, setSize] = useStored("boards.tile", readSize);
  const bulk = useBulk();
  const isNarrowed = !isEverything(filter);
  const isEmpty = isLoaded && ids.length === 0 && uploads.length === 0 && !isNarrowed;
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
        <>
          {board && <Filters size={size} onSize={setSize} />}
          {uploads.length > 0 && (
            <ul
              aria-label="Uploads"
              className="grid grid-cols-2 gap-x-3 gap-y-5 px-4 pt-4 sm:grid-cols-[repeat(auto-fill,minmax(13.5rem,1fr))] sm:gap-x-5 sm:px-6"
            >
              {uploads.map((upload) => (
                <UploadTile key={`upload-${upload.id}`} upload={upload} />
              ))}
            </ul>
          )}
          {!isLoaded && !trouble && <Placeholders />}
          {isLoaded && ids.length === 0 && isNarrowed && (
            <p className="px-6 py-24 text-center text-soft">Nothing on this board is like that.</p>
          )}
          <Grid size={size} onDelete={bulk.remove} onFavourite={bulk.favour} />
        </>
      )}
      {selection.ids.size > 0 && (
        <Suspense>
          <BulkBar bulk={bulk} />
        </Suspense>
      )}
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

function Placeholders() {
  return (
    <div
      aria-hidden="true"
      className="grid grid-cols-2 gap-3 p-4 sm:grid-cols-[repeat(auto-fill,minmax(13.5rem,1fr))] sm:gap-5 sm:p-6"
    >
      {Array.from({ length: 8 }, (_, place) => (
        <div
          key={place}
          className="aspect-square animate-breathe rounded-xl bg-panel ring-1 ring-line"
        />
      ))}
    </div>
  );
}

/** Files that are pasted come onto the board, unless somebody is pasting into a field. */
function usePaste(upload: (files: Iterable<File>) => Promise<Generation[]>) {
  useEffect(() => {
    const onPaste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0 || isTyping(event.target)) return;
      event.preventDefault();
      void upload(files);
    };
    addEventListener("paste", onPaste);
    return () => removeEventListener("paste", onPaste);
  }, [upload]);
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
