import { Search } from "lucide-react";
import { type KeyboardEvent, useId, useMemo, useState } from "react";
import { useCreateBoard } from "@/api/queries";
import { Modal } from "@/kit/modal";
import { store, stored, textsIn } from "@/kit/stored";
import { generatorTitle } from "@/kit/texts";
import { setTheme } from "@/kit/theme";
import { complain } from "@/kit/toasts";
import { TYPE_NAMES } from "@/kit/types";
import { TO_PAGE } from "@/place";
import { type Command, findCommands } from "@/shell/find";
import { useStudio } from "@/studio";

const RECENT = "boards.palette";
const MOST_RECENT = 6;

interface Props {
  onClose: () => void;
  onKeys: () => void;
  onJobs: () => void;
}

/** Leads to everything by typing: boards, generators, pages, commands. */
export default function Palette({ onClose, onKeys, onJobs }: Props) {
  const { boards = [], board, generators, go, goTo, drafts, openForm, narrow } = useStudio();
  const create = useCreateBoard();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const id = useId();
  const commands: Command[] = [
    { id: "home", kind: "Go to", title: "Boards", act: () => go({ ...TO_PAGE, page: "home" }) },
    {
      id: "spend",
      kind: "Go to",
      title: "Spend",
      hint: "budgets holds attention",
      act: () => go({ ...TO_PAGE, page: "spend" }),
    },
    {
      id: "settings",
      kind: "Go to",
      title: "Settings",
      hint: "providers keys tokens members appearance",
      act: () => go({ ...TO_PAGE, page: "settings" }),
    },
    {
      id: "story",
      kind: "Go to",
      title: "Stories",
      hint: "storyboard cards takes",
      act: () => go({ ...TO_PAGE, page: "story" }),
    },
    { id: "jobs", kind: "Do", title: "Show jobs", act: onJobs },
    { id: "keys", kind: "Do", title: "Show keys", hint: "shortcuts", act: onKeys },
    ...(["system", "light", "dark"] as const).map(
      (theme): Command => ({
        id: `theme-${theme}`,
        kind: "Do",
        title: `Theme: ${theme}`,
        hint: "appearance",
        act: () => setTheme(theme),
      }),
    ),
    ...boards.map(
      (one): Command => ({
        id: one.id,
        kind: "Board",
        title: one.title,
        act: () => goTo(one.id),
      }),
    ),
    ...generators.map(
      (one): Command => ({
        id: one.name,
        kind: "Generator",
        title: generatorTitle(one),
        hint: `${one.provider} ${TYPE_NAMES[one.artifact_type]}`,
        act: () => {
          drafts.choose(one.name);
          if (board) go({ ...TO_PAGE, page: "board", board: board.id });
          else if (boards[0]) goTo(boards[0].id);
          openForm(true);
        },
      }),
    ),
  ];
  const typed = text.trim();
  const recent = useMemo(() => textsIn(stored(RECENT)), []);
  const found = findCommands(commands, typed, recent);
  if (typed) {
    if (board) {
      found.push({
        id: "search",
        kind: "Do",
        title: `Search ${board.title} for “${typed}”`,
        act: () => {
          go({ ...TO_PAGE, page: "board", board: board.id });
          narrow({ text: typed });
        },
      });
    }
    found.push({
      id: "new",
      kind: "Do",
      title: `Make a board called “${typed}”`,
      act: () => create.mutate(typed, { onSuccess: (made) => goTo(made.id), onError: complain }),
    });
  }
  const active = found[Math.min(at, found.length - 1)];
  const choose = (command: Command) => {
    if (command.id !== "search" && command.id !== "new") {
      const next = [command.id, ...recent.filter((one) => one !== command.id)];
      store(RECENT, next.slice(0, MOST_RECENT));
    }
    onClose();
    command.act();
  };
  const move = (to: number) => {
    const next = (to + found.length) % Math.max(1, found.length);
    setAt(next);
    document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: "nearest" });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") move(at + 1);
    else if (event.key === "ArrowUp") move(at - 1);
    else if (event.key === "Enter" && active) choose(active);
    else return;
    event.preventDefault();
  };
  return (
    <Modal title="Find" onClose={onClose} isBare className="w-xl">
      <label className="sticky top-0 flex items-center gap-3 border-b border-line bg-panel px-4">
        <Search size={17} className="text-soft" aria-hidden="true" />
        <input
          // biome-ignore lint/a11y/noAutofocus: somebody has just asked to search
          autoFocus
          role="combobox"
          aria-label="Find a board, a generator or a command"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={active ? `${id}-${found.indexOf(active)}` : undefined}
          placeholder="Find a board, a generator or a command"
          className="h-13 flex-1 bg-transparent text-[15px] outline-none"
          maxLength={200}
          value={text}
          onKeyDown={onKeyDown}
          onChange={({ target }) => {
            setText(target.value);
            setAt(0);
          }}
        />
      </label>
      <div role="listbox" id={`${id}-list`} aria-label="Found" className="min-h-40 p-1.5">
        {found.map((command, place) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the search box keeps the focus
          // biome-ignore lint/a11y/useKeyWithClickEvents: the search box takes the keys
          <div
            key={`${command.kind}-${command.id}`}
            id={`${id}-${place}`}
            role="option"
            aria-selected={command === active}
            onClick={() => choose(command)}
            onMouseMove={() => setAt(place)}
            className="flex h-10 cursor-pointer items-center gap-3 rounded-[0.625rem] px-3 aria-selected:bg-well"
          >
            <span className="truncate">{command.title}</span>
            <span className="ml-auto shrink-0 text-xs text-soft">{command.kind}</span>
          </div>
        ))}
      </div>
    </Modal>
  );
}
