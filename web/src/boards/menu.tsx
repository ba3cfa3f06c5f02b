import { Ellipsis, Pencil, Share2, Trash2 } from "lucide-react";
import { type FormEvent, lazy, Suspense, useId, useState } from "react";
import type { Board } from "@/api/client";
import { said } from "@/api/problem";
import { useChangeBoard, useDeleteBoard } from "@/boards/curation";
import { Button } from "@/kit/button";
import { Modal } from "@/kit/modal";

const Share = lazy(() => import("@/boards/share"));

interface Props {
  board: Board;
  onDeleted?: () => void;
}

/** What can be done with a board: rename, share, delete. */
export default function BoardMenu({ board, onDeleted }: Props) {
  const id = useId();
  const [open, setOpen] = useState<"rename" | "share" | null>(null);
  const remove = useDeleteBoard();
  const row = "flex h-10 w-full items-center gap-3 rounded-[0.625rem] px-3 text-left hover:bg-well";
  const act = (then: () => void) => () => {
    document.getElementById(id)?.hidePopover();
    then();
  };
  const close = () => setOpen(null);
  return (
    <>
      <button
        type="button"
        popoverTarget={id}
        aria-label={`More about ${board.title}`}
        title="More"
        style={{ anchorName: `--${id}` } as React.CSSProperties}
        className="grid size-8 shrink-0 place-items-center rounded-lg text-soft hover:bg-well hover:text-ink"
      >
        <Ellipsis size={17} />
      </button>
      <div
        id={id}
        popover="auto"
        style={{ positionAnchor: `--${id}` } as React.CSSProperties}
        className="below-anchor m-0 w-52 rounded-2xl border border-line bg-raised p-1.5 text-ink shadow-sheet"
      >
        <button type="button" className={row} onClick={act(() => setOpen("rename"))}>
          <Pencil size={16} aria-hidden="true" /> Rename
        </button>
        <button type="button" className={row} onClick={act(() => setOpen("share"))}>
          <Share2 size={16} aria-hidden="true" /> Share
        </button>
        <button
          type="button"
          className={row}
          onClick={act(() => {
            if (onDeleted) remove.mutate(board, { onSuccess: onDeleted });
            else remove.mutate(board);
          })}
        >
          <Trash2 size={16} aria-hidden="true" /> Delete
        </button>
      </div>
      {open === "rename" && <Rename board={board} onClose={close} />}
      {open === "share" && (
        <Suspense>
          <Share board={board} onClose={close} />
        </Suspense>
      )}
    </>
  );
}

function Rename({ board, onClose }: { board: Board; onClose: () => void }) {
  const [title, setTitle] = useState(board.title);
  const [description, setDescription] = useState(board.description ?? "");
  const change = useChangeBoard();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(
      { id: board.id, title: title.trim(), description: description.trim() || null },
      { onSuccess: onClose },
    );
  };
  return (
    <Modal title="Rename the board" onClose={onClose}>
      <form onSubmit={submit} className="flex flex-col gap-4 px-5 pb-5">
        <label className="text-[13px] font-medium">
          Title
          <input
            // biome-ignore lint/a11y/noAutofocus: somebody has just asked for it
            autoFocus
            maxLength={200}
            className="field mt-1.5 font-normal"
            value={title}
            onChange={({ target }) => setTitle(target.value)}
          />
        </label>
        <label className="text-[13px] font-medium">
          Description
          <textarea
            rows={3}
            maxLength={10_000}
            className="field mt-1.5 font-normal"
            value={description}
            onChange={({ target }) => setDescription(target.value)}
          />
        </label>
        {change.error && (
          <p role="alert" className="text-[13px] text-red">
            {said(change.error)}
          </p>
        )}
        <Button type="submit" look="strong" disabled={!title.trim() || change.isPending}>
          Rename
        </Button>
      </form>
    </Modal>
  );
}
