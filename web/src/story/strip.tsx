import { Image, Plus, Type, UserRound } from "lucide-react";
import {
  type FormEvent,
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useRef,
  useState,
} from "react";
import { said } from "@/api/problem";
import { Button } from "@/kit/button";
import { badgesOf } from "@/story/badges";
import { Picture } from "@/story/picture";
import { type Story, type StoryJob, type Take, useChange } from "@/story/stories";
import {
  boardOf,
  cardOf,
  mediaOf,
  nameOf,
  type Slot,
  slotOf,
  withCard,
  withOrder,
} from "@/story/storyboard";
import { slotOfTake, takesOf } from "@/story/takes";

interface Props {
  story: Story;
  /** The ids of all cards, in the order that is on its way to the server. */
  ids: readonly number[];
  open: Slot;
  takes: readonly Take[];
  running: readonly StoryJob[];
  onOpen: (slot: Slot) => void;
  onMove: (id: number, to: number) => void;
  /** What can be done for all cards. */
  children: ReactNode;
}

/** All cards in order, to be opened and put in another order by dragging or by keys; then the cover
 * and the portrait. */
export function Strip({ story, ids, open, takes, running, onOpen, onMove, children }: Props) {
  const board = withOrder(boardOf(story), ids);
  const [dragged, setDragged] = useState<number | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const strip = useRef<HTMLUListElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is opened comes into sight
  useEffect(() => {
    strip.current
      ?.querySelector("[aria-current=true]")
      ?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [open, ids]);
  const end = () => {
    setDragged(null);
    setOver(null);
  };
  const entry = (slot: Slot) => ({
    story,
    slot,
    name: nameOf(board, slot),
    isOpen: open === slot,
    isRunning: running.some((job) =>
      job.takes.some(
        (take) =>
          slotOfTake(take) === slot && (take.status === "pending" || take.status === "processing"),
      ),
    ),
    count: takesOf(takes, slot).length,
    onOpen: () => onOpen(slot),
  });
  return (
    <section aria-label="Cards" className="rounded-2xl border border-line bg-panel">
      <header className="flex flex-wrap items-start gap-2 px-4 pt-3">
        <p className="mr-auto flex h-10 items-center text-[13px] text-soft">
          {board.cards.length} {board.cards.length === 1 ? "card" : "cards"}
          <span className="max-sm:hidden">&nbsp;· drag to order, or Shift and the arrow keys</span>
        </p>
        {children}
      </header>
      <ul ref={strip} className="flex items-start gap-3 overflow-x-auto p-4">
        {board.cards.map((card, at) => (
          <li
            key={card.id}
            data-card={card.id}
            draggable
            onDragStart={(event) => {
              event.dataTransfer.effectAllowed = "move";
              event.dataTransfer.setData("text/plain", nameOf(board, slotOf(card)));
              setDragged(card.id);
            }}
            onDragOver={(event) => {
              if (dragged === null) return;
              event.preventDefault();
              setOver(at);
            }}
            onDrop={(event) => {
              event.preventDefault();
              if (dragged !== null) onMove(dragged, at);
              end();
            }}
            onDragEnd={end}
            className={`shrink-0 rounded-xl transition-opacity ${dragged === card.id ? "opacity-40" : ""} ${
              over === at && dragged !== card.id ? "outline-2 outline-offset-4 outline-accent" : ""
            }`}
          >
            <Entry {...entry(slotOf(card))} text={card.scene || card.text || "No words yet"} />
          </li>
        ))}
        <li className="shrink-0">
          <AddCard story={story} onAdded={(id) => onOpen(`card:${id}`)} />
        </li>
        <li aria-hidden="true" className="mx-1 w-px shrink-0 self-stretch bg-line" />
        {(["cover", "portrait"] as const).map((slot) => (
          <li key={slot} className="shrink-0">
            <Entry {...entry(slot)} text={board[slot]?.scene ?? ""} />
          </li>
        ))}
      </ul>
    </section>
  );
}

interface EntryProps {
  story: Story;
  slot: Slot;
  name: string;
  text: string;
  isOpen: boolean;
  isRunning: boolean;
  count: number;
  onOpen: () => void;
}

function Entry({ story, slot, name, text, isOpen, isRunning, count, onOpen }: EntryProps) {
  const board = boardOf(story);
  const media = mediaOf(board, slot);
  const badges = badgesOf(story, slot);
  const isOld = badges.some(({ tone }) => tone === "amber");
  const kind = cardOf(board, slot)?.kind ?? "overlay";
  const Icon = slot === "portrait" ? UserRound : kind === "overlay" ? Image : Type;
  return (
    <button
      type="button"
      aria-current={isOpen}
      onClick={onOpen}
      className="group relative flex w-32 flex-col-reverse text-left"
    >
      {/* It comes first for those who listen. */}
      <span className="mt-1.5 block max-w-full truncate text-xs">
        {slot.startsWith("card:") && <span className="sr-only">Card </span>}
        <span className="font-medium">{name.replace("Card ", "")}</span>
        {text && <span className="text-soft"> {text}</span>}
      </span>
      <span
        className={`relative block h-36 w-full overflow-hidden rounded-xl bg-well ring-1 ring-line group-aria-[current=true]:ring-2 group-aria-[current=true]:ring-ink ${isRunning ? "animate-breathe" : ""}`}
      >
        {media?.path ? (
          <Picture slug={story.slug} media={media} mark={story.revision} isCropped />
        ) : (
          <span className="grid size-full place-items-center text-hint">
            <Icon size={20} strokeWidth={1.5} aria-hidden="true" />
          </span>
        )}
        {isOld && (
          <span className="absolute top-1.5 right-1.5 rounded-md bg-panel px-1.5 py-0.5 text-[11px] font-medium text-amber shadow-print">
            Old theme
          </span>
        )}
        {!media && count > 0 && (
          <span className="absolute right-1.5 bottom-1.5 rounded-md bg-panel px-1.5 py-0.5 text-[11px] font-medium shadow-print">
            {count} to pick from
          </span>
        )}
      </span>
    </button>
  );
}

/** A card begins with its scene: without one or a picture there is nothing that it could show. */
function AddCard({ story, onAdded }: { story: Story; onAdded: (id: number) => void }) {
  const [scene, setScene] = useState<string | null>(null);
  const change = useChange(story.slug);
  if (scene === null) {
    return (
      <button
        type="button"
        onClick={() => setScene("")}
        className="grid h-36 w-32 place-items-center rounded-xl border border-dashed border-edge text-soft hover:bg-well hover:text-ink"
      >
        <span className="flex flex-col items-center gap-1.5 text-[13px]">
          <Plus size={18} aria-hidden="true" /> Add a card
        </span>
      </button>
    );
  }
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    const text = scene.trim();
    if (!text || change.isPending) return;
    change.mutate((now) => withCard(now, { scene: text }), {
      onSuccess: (saved) => {
        setScene(null);
        const added = boardOf(saved).cards.at(-1);
        if (added) onAdded(added.id);
      },
    });
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Escape") setScene(null);
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      submit();
    }
  };
  return (
    <form onSubmit={submit} className="flex w-56 flex-col gap-2">
      <textarea
        // biome-ignore lint/a11y/noAutofocus: somebody has just asked for it
        autoFocus
        aria-label="Scene of the new card"
        placeholder="What does it show?"
        className="field h-[6.5rem] resize-none"
        value={scene}
        onChange={({ target }) => setScene(target.value)}
        onKeyDown={onKey}
      />
      <div className="flex gap-1.5">
        <Button look="strong" type="submit" disabled={!scene.trim() || change.isPending}>
          Add
        </Button>
        <Button look="quiet" onClick={() => setScene(null)}>
          Leave it
        </Button>
      </div>
      {change.error && (
        <p role="alert" className="text-xs text-red">
          {said(change.error)}
        </p>
      )}
    </form>
  );
}
