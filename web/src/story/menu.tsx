import { Download, Ellipsis, FileImage, LayoutGrid, Trash2 } from "lucide-react";
import { useId, useState } from "react";
import { address } from "@/api/client";
import { said } from "@/api/problem";
import { Button } from "@/kit/button";
import { Modal } from "@/kit/modal";
import { type Story, useDeleteStory } from "@/story/stories";
import { useStudio } from "@/studio";

/** What can be done with a story as a whole. */
export function StoryMenu({ story }: { story: Story }) {
  const { slug, board_id } = story;
  const id = useId();
  const { go, goTo } = useStudio();
  const [isDeleting, setDeleting] = useState(false);
  const remove = useDeleteStory(slug);
  const row = "flex h-10 w-full items-center gap-3 rounded-[0.625rem] px-3 text-left hover:bg-well";
  const close = () => document.getElementById(id)?.hidePopover();
  return (
    <>
      <button
        type="button"
        popoverTarget={id}
        aria-label="More about this story"
        title="More"
        style={{ anchorName: `--${id}` } as React.CSSProperties}
        className="grid size-9 shrink-0 place-items-center rounded-[0.625rem] text-soft hover:bg-well hover:text-ink"
      >
        <Ellipsis size={17} />
      </button>
      <div
        id={id}
        popover="auto"
        style={{ positionAnchor: `--${id}` } as React.CSSProperties}
        className="below-anchor m-0 w-56 rounded-2xl border border-line bg-raised p-1.5 text-ink shadow-sheet"
      >
        <button
          type="button"
          className={row}
          onClick={() => {
            close();
            goTo(board_id);
          }}
        >
          <LayoutGrid size={16} aria-hidden="true" /> Its board
        </button>
        <a
          className={row}
          href={address(`/api/v1/workspace/${encodeURIComponent(slug)}/sheet`)}
          target="_blank"
          rel="noreferrer"
          onClick={close}
        >
          <FileImage size={16} aria-hidden="true" /> All takes on one sheet
        </a>
        <a
          className={row}
          href={address(`/api/v1/workspace/${encodeURIComponent(slug)}/export`)}
          download
          onClick={close}
        >
          <Download size={16} aria-hidden="true" /> All of it as a zip
        </a>
        <button
          type="button"
          className={row}
          onClick={() => {
            close();
            setDeleting(true);
          }}
        >
          <Trash2 size={16} aria-hidden="true" /> Delete
        </button>
      </div>
      {isDeleting && (
        <Modal title="Delete this story?" onClose={() => setDeleting(false)}>
          <div className="flex flex-col gap-4 px-5 pb-5">
            <p className="text-soft">
              Its cards, words and picks go. What was made for it stays on its board.
            </p>
            {remove.error && (
              <p role="alert" className="text-red">
                {said(remove.error)}
              </p>
            )}
            <Button
              look="danger"
              disabled={remove.isPending}
              onClick={() => remove.mutate(undefined, { onSuccess: () => go({ of: null }) })}
            >
              Delete {slug}
            </Button>
          </div>
        </Modal>
      )}
    </>
  );
}
