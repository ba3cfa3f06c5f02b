import { Minus, Plus, Upload } from "lucide-react";
import { useRef } from "react";
import { Button } from "@/kit/button";
import { flagOf } from "@/story/badges";
import type { Following } from "@/story/following";
import { Priced } from "@/story/priced";
import type { Story, Take, Target } from "@/story/stories";
import {
  boardOf,
  cardOf,
  MOST_TAKES,
  mediaOf,
  type Slot,
  type Storyboard,
} from "@/story/storyboard";
import type { Writing } from "@/story/writing";

interface MediaProps {
  story: Story;
  slot: Slot;
  /** The takes of this slot that are there. */
  own: readonly Take[];
  n: number;
  following: Following;
  writing: Writing;
  isSending: boolean;
  onFiles: (files: readonly File[]) => void;
}

/** Generate, with how many and the price; or upload. */
export function MediaBlock(props: MediaProps) {
  const { story, slot, own, n, following, writing, isSending, onFiles } = props;
  const { slug, revision, unavailable } = story;
  const board = boardOf(story);
  const { watched, running, unheard, follow, prefer } = following;
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
  // Until a job that has begun is heard of, nobody knows what it makes: new takes would be paid again.
  const isHeld = isBusy || unheard > 0 || writing.state !== "saved";
  const media = mediaOf(board, slot);
  const flag = flagOf(story, slot);
  const fresh = flag ? own.filter(({ theme }) => theme === flag.theme).length : 0;
  const lack = lackOf(board, slot);
  return (
    <div className="flex flex-col gap-3 border-t border-line pt-4">
      {flag && !unavailable && (
        <div className="flex flex-col gap-2 rounded-xl bg-amber-soft p-3">
          <p className="text-[13px]">{flag.message}</p>
          {fresh > 0 && (
            <p className="text-[13px] font-medium">
              {takesText(fresh)} under {flag.theme} {fresh === 1 ? "is" : "are"} there: pick one.
            </p>
          )}
          {isCard && (
            <Priced
              slug={slug}
              revision={revision}
              target={{ of: "reroll", cards: [n] }}
              takes={takes}
              look="plain"
              isHeld={isHeld}
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
            isHeld={isHeld}
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
