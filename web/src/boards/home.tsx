import { Plus, Search } from "lucide-react";
import { type FormEvent, useState } from "react";
import type { Board } from "@/api/client";
import { said } from "@/api/problem";
import { useCreateBoard } from "@/api/queries";
import BoardMenu from "@/boards/menu";
import { Mosaic } from "@/boards/mosaic";
import { EmptyBoard } from "@/gallery/empty";
import { Button } from "@/kit/button";
import { agoText } from "@/kit/texts";
import { useStudio } from "@/studio";

/** All boards with what is on them, the last changed first. */
export default function Home() {
  const { boards, isLoaded, trouble } = useStudio();
  const [text, setText] = useState("");
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = (boards ?? []).filter(({ title, description }) =>
    words.every((word) => `${title} ${description ?? ""}`.toLowerCase().includes(word)),
  );
  if (trouble) {
    return (
      <p role="alert" className="m-6 flex-1 self-start rounded-xl bg-red-soft p-4 text-red">
        {said(trouble)}
      </p>
    );
  }
  if (isLoaded && boards?.length === 0) {
    return (
      <div className="flex-1">
        <EmptyBoard />
      </div>
    );
  }
  return (
    <div className="mx-auto w-full max-w-[110rem] flex-1 px-4 py-6 sm:px-8">
      <div className="mb-6 flex flex-wrap items-center gap-3">
        <h2 className="mr-auto text-[22px] font-semibold tracking-tight">Boards</h2>
        <label className="relative w-full sm:w-64">
          <Search
            size={15}
            className="absolute top-1/2 left-3 -translate-y-1/2 text-soft"
            aria-hidden="true"
          />
          <input
            type="search"
            aria-label="Search boards"
            placeholder="Search boards"
            className="field h-9 py-0 pl-9"
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
        </label>
        <NewBoard />
      </div>
      <ul
        aria-label="Boards"
        className="grid grid-cols-1 gap-x-5 gap-y-7 min-[26rem]:grid-cols-2 md:grid-cols-[repeat(auto-fill,minmax(17rem,1fr))]"
      >
        {found.map((board) => (
          <Card key={board.id} board={board} />
        ))}
      </ul>
      {found.length === 0 && isLoaded && (
        <p className="py-16 text-center text-soft">No board is called that.</p>
      )}
    </div>
  );
}

function Card({ board }: { board: Board }) {
  const { goTo } = useStudio();
  return (
    <li className="group relative min-w-0">
      <button
        type="button"
        onClick={() => goTo(board.id)}
        aria-label={`Open ${board.title}`}
        className="block aspect-[4/3] w-full overflow-hidden rounded-xl bg-panel ring-1 ring-line transition-shadow duration-200 hover:shadow-lift"
      >
        <Mosaic board={board} />
      </button>
      <div className="mt-2 flex items-start gap-1">
        <div className="min-w-0 flex-1">
          <p className="truncate font-medium">{board.title}</p>
          <p className="truncate text-xs text-soft">{agoText(board.updated_at)}</p>
        </div>
        <BoardMenu board={board} />
      </div>
    </li>
  );
}

function NewBoard() {
  const { goTo } = useStudio();
  const [title, setTitle] = useState<string | null>(null);
  const create = useCreateBoard();
  if (title === null) {
    return (
      <Button look="strong" onClick={() => setTitle("")}>
        <Plus size={16} /> New board
      </Button>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate(title.trim(), { onSuccess: ({ id }) => goTo(id) });
  };
  return (
    <form onSubmit={submit} className="flex gap-1.5">
      <input
        // biome-ignore lint/a11y/noAutofocus: somebody has just asked for it
        autoFocus
        aria-label="Title of a new board"
        placeholder="Title"
        maxLength={200}
        className="field h-9 w-48 py-0"
        value={title}
        onChange={({ target }) => setTitle(target.value)}
        onKeyDown={({ key }) => key === "Escape" && setTitle(null)}
      />
      <Button look="strong" type="submit" disabled={!title.trim() || create.isPending}>
        Create
      </Button>
      {create.error && (
        <p role="alert" className="self-center text-red">
          {said(create.error)}
        </p>
      )}
    </form>
  );
}
