import { ArrowLeft, ArrowRight, Trash2 } from "lucide-react";
import { type DragEvent, useState } from "react";
import { carriesFiles } from "@/gallery/drag";
import { IconButton } from "@/kit/button";
import { complain, toast } from "@/kit/toasts";
import { Badges, badgesOf } from "@/story/badges";
import type { Following } from "@/story/following";
import { MediaBlock } from "@/story/media-block";
import { Picture } from "@/story/picture";
import { fileOf, type Story, type Take, useChange, useFill } from "@/story/stories";
import {
  boardOf,
  type Card,
  cardOf,
  mediaOf,
  nameOf,
  placeOf,
  type Slot,
  type Storyboard,
  withCard,
  withoutCard,
} from "@/story/storyboard";
import { pendingOf, takesOf } from "@/story/takes";
import { TakesGallery } from "@/story/takes-gallery";
import type { Field } from "@/story/words";
import type { Writing } from "@/story/writing";

interface Props {
  story: Story;
  slot: Slot;
  takes: readonly Take[];
  following: Following;
  writing: Writing;
  onMove: (by: number) => void;
  onOpen: (card: Card) => void;
}

/** What fills one card, the cover or the portrait: its words, its picture, its takes. */
export function SlotPanel({ story, slot, takes, following, writing, onMove, onOpen }: Props) {
  const board = boardOf(story);
  const card = cardOf(board, slot);
  const media = mediaOf(board, slot);
  const name = nameOf(board, slot);
  const fill = useFill(story.slug);
  const [isOver, setOver] = useState(false);
  const n = placeOf(board, slot);
  const send = (files: readonly File[]) => {
    // Whoever opens another card meanwhile is told as well.
    if (files.length > 0) fill.mutateAsync({ slot, n, files }).catch(complain);
  };
  const onDrag = (event: DragEvent, isIn: boolean) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    setOver(isIn);
  };
  const hasMedia = card === undefined || card.kind === "overlay";
  const own = takesOf(takes, slot);
  const jobs = [...following.running, ...following.ended.flatMap(({ job }) => job ?? [])];
  return (
    <section
      aria-label={name}
      onDragOver={(event) => onDrag(event, true)}
      onDragLeave={(event) => onDrag(event, false)}
      onDrop={(event) => {
        onDrag(event, false);
        if (carriesFiles(event) && hasMedia) send([...event.dataTransfer.files]);
      }}
      className={`grid gap-x-8 gap-y-6 rounded-2xl border bg-panel p-4 sm:p-6 lg:grid-cols-[minmax(18rem,24rem)_1fr] ${isOver && hasMedia ? "border-accent" : "border-line"}`}
    >
      <div className="flex min-w-0 flex-col gap-4">
        <header className="flex items-center gap-1">
          <h3 className="mr-auto text-base font-semibold tracking-tight">{name}</h3>
          {card && <CardActions story={story} card={card} onMove={onMove} onOpen={onOpen} />}
        </header>
        <Words slot={slot} card={card} writing={writing} />
        {slot === "portrait" && <References story={story} board={board} />}
        {hasMedia && (
          <MediaBlock
            story={story}
            slot={slot}
            own={own}
            n={n}
            following={following}
            writing={writing}
            isSending={fill.isPending}
            onFiles={send}
          />
        )}
      </div>
      {hasMedia ? (
        <div
          className={`grid min-w-0 grid-cols-1 content-start gap-6 ${media?.path ? "xl:grid-cols-[minmax(0,22rem)_1fr]" : ""}`}
        >
          {media?.path && (
            <figure className="flex min-w-0 flex-col gap-2.5">
              <div className="flex min-h-40 items-center justify-center rounded-xl bg-wall p-3">
                <Picture
                  slug={story.slug}
                  media={media}
                  mark={story.revision}
                  alt={`${name} as picked`}
                  hasControls
                />
              </div>
              <figcaption>
                <Badges badges={badgesOf(story, slot)} />
              </figcaption>
            </figure>
          )}
          <TakesGallery
            story={story}
            slot={slot}
            n={n}
            takes={own}
            pending={pendingOf(jobs, own, slot)}
          />
        </div>
      ) : (
        <p className="self-center text-center text-soft">
          A card of words alone. It has no picture of its own.
        </p>
      )}
    </section>
  );
}

interface CardActionsProps {
  story: Story;
  card: Card;
  onMove: (by: number) => void;
  onOpen: (card: Card) => void;
}

function CardActions({ story, card, onMove, onOpen }: CardActionsProps) {
  const { cards } = boardOf(story);
  const change = useChange(story.slug);
  const at = cards.findIndex(({ id }) => id === card.id);
  const undo = () =>
    change.mutateAsync((now) => withCard(now, card, at)).then(() => onOpen(card), complain);
  const remove = () =>
    change
      .mutateAsync((now) => withoutCard(now, card.id))
      .then(
        () =>
          toast(`Card ${at + 1} is gone`, { action: { label: "Undo", act: () => void undo() } }),
        complain,
      );
  return (
    <>
      <IconButton label="Earlier" disabled={at <= 0} onClick={() => onMove(-1)}>
        <ArrowLeft size={16} />
      </IconButton>
      <IconButton label="Later" disabled={at >= cards.length - 1} onClick={() => onMove(1)}>
        <ArrowRight size={16} />
      </IconButton>
      <IconButton label="Delete the card" disabled={change.isPending} onClick={() => void remove()}>
        <Trash2 size={16} />
      </IconButton>
    </>
  );
}

const WORDS: Record<Field, { label: string; hint: string; rows: number }> = {
  scene: { label: "Scene", hint: "What the picture shows", rows: 3 },
  direction: { label: "Direction", hint: "How it shows it: camera, light, mood", rows: 2 },
  text: { label: "Words on it", hint: "What is written over the picture", rows: 2 },
};

/** The words of a slot, which are saved as they are written. */
function Words({ slot, card, writing }: { slot: Slot; card: Card | undefined; writing: Writing }) {
  const fields: Field[] = !card
    ? ["scene"]
    : card.kind === "overlay"
      ? ["scene", "direction", "text"]
      : ["text"];
  return fields.map((field) => {
    const { label, hint, rows } = WORDS[field];
    const spot = `${slot}/${field}` as const;
    return (
      <label key={field} className="flex flex-col gap-1.5 text-[13px] font-medium">
        {label}
        <textarea
          className="field field-sizing-content max-h-60 resize-none text-sm font-normal"
          rows={rows}
          placeholder={hint}
          value={writing.valueOf(spot)}
          onChange={({ target }) => writing.write(spot, target.value)}
          onBlur={writing.save}
        />
      </label>
    );
  });
}

/** The photos that a portrait is made after. */
function References({ story, board }: { story: Story; board: Storyboard }) {
  const change = useChange(story.slug);
  const paths = board.portrait?.references?.flatMap(({ path }) => path ?? []) ?? [];
  if (paths.length === 0) return null;
  const leaveOut = (gone: string) =>
    change.mutate(
      (now) => ({
        ...now,
        portrait: {
          ...now.portrait,
          references: now.portrait?.references?.filter(({ path }) => path !== gone) ?? [],
        },
      }),
      { onError: complain },
    );
  return (
    <ul aria-label="Reference photos" className="grid grid-cols-4 gap-2">
      {paths.map((path, at) => (
        <li key={path} className="group relative aspect-square overflow-hidden rounded-lg bg-well">
          <img
            src={fileOf(story.slug, path, path)}
            alt={`Reference ${at + 1}`}
            className="size-full object-cover"
          />
          <IconButton
            label={`Leave out reference ${at + 1}`}
            className="absolute top-1 right-1 size-7 bg-panel shadow-print"
            disabled={change.isPending}
            onClick={() => leaveOut(path)}
          >
            <Trash2 size={13} />
          </IconButton>
        </li>
      ))}
    </ul>
  );
}
