import { Check, ChevronsUpDown, Plus } from "lucide-react";
import { type FormEvent, useId, useRef, useState } from "react";
import { said } from "@/api/problem";
import { useCreateBoard } from "@/api/queries";
import { Button } from "@/kit/button";
import { useStudio } from "@/studio";

/** Tells which board is shown, and lets somebody go to another or make one. */
export function BoardPicker() {
  const { boards = [], board, goTo } = useStudio();
  const menu = useRef<HTMLDivElement>(null);
  const id = useId();
  const close = () => menu.current?.hidePopover();
  return (
    <>
      <button
        type="button"
        popoverTarget={id}
        className="flex h-9 min-w-0 items-center gap-1.5 rounded-[0.625rem] px-2.5 font-medium hover:bg-well"
      >
        <span className="truncate">
          {board?.title ?? (boards.length ? "Choose a board" : "No board yet")}
        </span>
        <ChevronsUpDown size={15} className="shrink-0 text-soft" aria-hidden="true" />
        <span className="sr-only">Change the board</span>
      </button>
      <div
        ref={menu}
        id={id}
        popover="auto"
        className="fixed top-14 left-4 m-0 max-h-[70vh] w-72 overflow-y-auto rounded-2xl border border-line bg-raised p-1.5 text-ink shadow-sheet open:animate-rise sm:left-14"
      >
        <ul aria-label="Boards">
          {boards.map((one) => (
            <li key={one.id}>
              <button
                type="button"
                aria-current={one.id === board?.id ? "true" : undefined}
                className="flex h-10 w-full items-center gap-2 rounded-[0.625rem] px-2.5 text-left hover:bg-well"
                onClick={() => {
                  close();
                  goTo(one.id);
                }}
              >
                <span className="min-w-0 flex-1 truncate">{one.title}</span>
                {one.id === board?.id && <Check size={16} aria-hidden="true" />}
              </button>
            </li>
          ))}
        </ul>
        <NewBoard
          onMade={(boardId) => {
            close();
            goTo(boardId);
          }}
        />
      </div>
    </>
  );
}

function NewBoard({ onMade }: { onMade: (id: string) => void }) {
  const [title, setTitle] = useState("");
  const create = useCreateBoard();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate(title.trim(), {
      onSuccess: ({ id }) => {
        setTitle("");
        onMade(id);
      },
    });
  };
  return (
    <form onSubmit={submit} className="mt-1.5 flex gap-1.5 border-t border-line pt-1.5">
      <input
        aria-label="Title of a new board"
        placeholder="New board"
        maxLength={200}
        className="field border-line"
        value={title}
        onChange={({ target }) => setTitle(target.value)}
      />
      <Button
        type="submit"
        aria-label="Make the board"
        disabled={!title.trim() || create.isPending}
      >
        <Plus size={16} />
      </Button>
      {create.error && (
        <p role="alert" className="p-2 text-red">
          {said(create.error)}
        </p>
      )}
    </form>
  );
}
