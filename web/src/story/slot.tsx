import { ArrowLeft, ArrowRight, Minus, Plus, Trash2, Upload } from "lucide-react";
import { type DragEvent, useRef, useState } from "react";
import { carriesFiles } from "@/gallery/drag";
import { Button, IconButton } from "@/kit/button";
import { complain, toast } from "@/kit/toasts";
import { Badges, badgesOf, flagOf } from "@/story/badges";
import type { Following } from "@/story/following";
import { Picture } from "@/story/picture";
import { Priced } from "@/story/priced";
import { fileOf, type Story, type Take, type Target, useChange, useFill } from "@/story/stories";
import {
  boardOf,
  type Card,
  cardOf,
  MOST_TAKES,
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

interface MediaProps {
  story: Story;
  slot: Slot;
  n: number;
  following: Following;
  writing: Writing;
  isSending: boolean;
  onFiles: (files: readonly File[]) => void;
}

/** Generate, with how many and the price; or upload. */
function MediaBlock({ story, slot, n, following, writing, isSending, onFiles }: MediaProps) {
  const { slug, revision, unavailable } = story;
  const board = boardOf(story);
  const { watched, running, follow, prefer } = following;
  const picker = useRef<HTMLInputElement>(null);
  const isCard = slot.startsWith("card:");
  const usual = board.settings?.takes ?? 4;
  const takes = isCard ? (watched.takes ?? usual) : 1;
  const isSideways = slot === "cover" || slot === "portrait";
  const target: Target = isSideways ? { of: slot } : { of: "card", n };
  const isBusy = running.some((job) =>
    job.items.some(
      (item) =>
        (item.slot === "card" ? `card:${item.card_id}` : item.slot) === slot &&
        (item.state === "queued" || item.state === "running"),
    ),
  );
  const media = mediaOf(board, slot);
  const flag = flagOf(story, slot);
  const lack = lackOf(board, slot);
  return (
    <div className="flex flex-col gap-3 border-t border-line pt-4">
      {flag && !unavailable && (
        <div className="flex flex-col gap-2 rounded-xl bg-amber-soft p-3">
          <p className="text-[13px]">{flag.message}</p>
          {isCard && (
            <Priced
              slug={slug}
              revision={revision}
              target={{ of: "reroll", cards: [n] }}
              takes={takes}
              look="plain"
              isHeld={isBusy || writing.state !== "saved"}
              onBegun={follow}
              label={() => `Re-roll, ${takesText(takes)}`}
            />
          )}
        </div>
      )}
      {!unavailable && !lack && (
        <div className="flex items-start gap-2">
          {isCard && (
            <Count
              value={takes}
              onChange={(value) => prefer({ takes: value === usual ? null : value })}
            />
          )}
          <Priced
            className="flex-1"
            slug={slug}
            revision={revision}
            target={target}
            takes={isCard ? takes : null}
            canForce
            isHeld={isBusy || writing.state !== "saved"}
            onBegun={follow}
            label={(estimate, force) => {
              const missing =
                estimate?.items.reduce((sum, one) => sum + one.takes - one.cached, 0) ?? takes;
              if (isBusy) return "Under way";
              if (!isCard) return force ? "Make another" : `Generate the ${slot}`;
              return force ? `${takesText(takes, "new ")}` : `Generate ${takesText(missing)}`;
            }}
          />
        </div>
      )}
      {!unavailable && lack && <p className="text-[13px] text-soft">{lack}</p>}
      <input
        ref={picker}
        type="file"
        aria-label={
          slot === "portrait" ? "Reference photos" : `A file for this ${isCard ? "card" : slot}`
        }
        accept={isSideways ? "image/*" : "image/*,video/*"}
        multiple={slot === "portrait"}
        className="sr-only"
        tabIndex={-1}
        onChange={({ target: input }) => {
          onFiles([...(input.files ?? [])]);
          input.value = "";
        }}
      />
      <Button disabled={isSending} onClick={() => picker.current?.click()}>
        <Upload size={15} aria-hidden="true" />
        {isSending
          ? "Uploading…"
          : slot === "portrait"
            ? "Add reference photos"
            : media
              ? "Upload another instead"
              : isCard
                ? "Upload a picture or a video"
                : "Upload a picture"}
      </Button>
    </div>
  );
}

/** What is missing before anything can be made; null where nothing is. */
function lackOf(board: Storyboard, slot: Slot): string | null {
  if (slot === "portrait") {
    const isReady = board.portrait?.references?.length;
    return isReady ? null : "It is made after reference photos; add some.";
  }
  const scene = slot === "cover" ? board.cover?.scene || board.title : cardOf(board, slot)?.scene;
  return scene ? null : "Write a scene, and takes can be made of it.";
}

function takesText(count: number, kind = ""): string {
  return `${count} ${kind}${count === 1 ? "take" : "takes"}`;
}

function Count({ value, onChange }: { value: number; onChange: (value: number) => void }) {
  const step = (by: number) => onChange(Math.max(1, Math.min(MOST_TAKES, value + by)));
  const button = "grid h-10 w-8 place-items-center text-soft hover:text-ink disabled:opacity-40";
  return (
    <fieldset className="flex items-center rounded-[0.625rem] bg-well">
      <legend className="sr-only">Takes</legend>
      <button
        type="button"
        aria-label="One take less"
        className={button}
        disabled={value <= 1}
        onClick={() => step(-1)}
      >
        <Minus size={14} />
      </button>
      <output className="min-w-5 text-center tabular-nums">{value}</output>
      <button
        type="button"
        aria-label="One take more"
        className={button}
        disabled={value >= MOST_TAKES}
        onClick={() => step(1)}
      >
        <Plus size={14} />
      </button>
    </fieldset>
  );
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
