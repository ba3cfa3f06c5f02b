import { Check, CircleAlert, Maximize2 } from "lucide-react";
import { address } from "@/api/client";
import { IconButton } from "@/kit/button";
import { useKeys } from "@/kit/keys";
import { complain } from "@/kit/toasts";
import { type JobTake, type Story, type Take, usePick } from "@/story/stories";
import type { Slot } from "@/story/storyboard";
import { keysOf } from "@/story/takes";
import { useStudio } from "@/studio";

interface Props {
  story: Story;
  slot: Slot;
  /** Where the card stands now, from 1. */
  n: number;
  takes: readonly Take[];
  /** What is under way, or failed. */
  pending: readonly JobTake[];
}

/** All takes of a slot, of which one is picked by a click or by the keys 1 to 9. */
export function TakesGallery({ story, slot, n, takes, pending }: Props) {
  const pick = usePick(story.slug);
  const { view } = useStudio();
  const keys = keysOf(takes);
  const keyOf = new Map([...keys].map(([key, file]) => [file, key]));
  const choose = (take: string) => pick.mutate({ slot, n, take }, { onError: complain });
  useKeys(Object.fromEntries([...keys].map(([key, file]) => [key, () => choose(file)])));
  // What was pressed last is shown at once, and as it is when the files have told.
  const isPicked = ({ file, picked }: Take) =>
    pick.isPending ? pick.variables.take === file : picked;
  if (takes.length === 0 && pending.length === 0) {
    return (
      <p className="grid min-h-40 place-items-center rounded-xl bg-well p-6 text-center text-soft">
        No takes yet. They will stand here, to pick one from.
      </p>
    );
  }
  return (
    <div>
      <h4 className="mb-2.5 text-[13px] text-soft">
        <span className="font-medium text-ink">
          {takes.length === 0
            ? "Takes"
            : `${takes.length} ${takes.length === 1 ? "take" : "takes"}`}
        </span>
        {takes.length > 0 && (
          <span>
            {" "}
            · pick by a click
            <span className="max-sm:hidden">
              , or the {takes.length === 1 ? "key 1" : `keys 1–${keys.size}`}
            </span>
          </span>
        )}
      </h4>
      <ul
        aria-label="Takes"
        className="grid grid-cols-[repeat(auto-fill,minmax(8.5rem,1fr))] gap-3"
      >
        {takes.map((take) => (
          <li key={take.file} className="group relative min-w-0">
            <button
              type="button"
              aria-pressed={isPicked(take)}
              aria-label={`Pick take ${take.number}`}
              aria-keyshortcuts={keyOf.get(take.file)}
              title={[take.prompt, take.generator].filter(Boolean).join("\n")}
              onClick={() => choose(take.file)}
              className="block w-full overflow-hidden rounded-xl bg-well ring-1 ring-line aria-pressed:ring-[3px] aria-pressed:ring-accent"
            >
              <span className="block aspect-[4/5]">
                <TakeMedia take={take} />
              </span>
            </button>
            {isPicked(take) && (
              <span className="pointer-events-none absolute top-2 left-2 flex items-center gap-1 rounded-md bg-accent px-1.5 py-0.5 text-[11px] font-semibold text-panel">
                <Check size={12} aria-hidden="true" /> Picked
              </span>
            )}
            {take.generation_id && (
              <IconButton
                label={`Take ${take.number} in full view`}
                className="absolute top-1.5 right-1.5 size-7 bg-panel opacity-0 shadow-print group-hover:opacity-100 focus-visible:opacity-100 pointer-coarse:opacity-100"
                onClick={() => view(take.generation_id)}
              >
                <Maximize2 size={13} />
              </IconButton>
            )}
            <p className="mt-1.5 flex items-center gap-1.5 text-xs text-soft">
              {keyOf.has(take.file) && (
                <kbd className="rounded border border-line bg-well px-1.5 font-sans text-[11px] text-ink max-sm:hidden">
                  {keyOf.get(take.file)}
                </kbd>
              )}
              <span className="truncate">
                Take {take.number}
                {take.theme && ` · ${take.theme}`}
              </span>
            </p>
          </li>
        ))}
        {pending.map((take) => (
          <Pending key={take.number} take={take} />
        ))}
      </ul>
    </div>
  );
}

function TakeMedia({ take }: { take: Take }) {
  const url = `${address(take.url)}?v=${encodeURIComponent(take.created_at)}`;
  if (take.kind === "video") {
    return (
      <video
        src={`${url}#t=0.1`}
        muted
        loop
        playsInline
        preload="metadata"
        className="size-full object-contain"
        onMouseEnter={(event) => void event.currentTarget.play().catch(() => undefined)}
        onMouseLeave={(event) => event.currentTarget.pause()}
      />
    );
  }
  return (
    <img src={url} alt="" loading="lazy" decoding="async" className="size-full object-contain" />
  );
}

const STATES: Partial<Record<JobTake["status"], string>> = {
  pending: "Waiting",
  processing: "Being made",
  completed: "Arriving",
  cancelled: "Cancelled",
  failed: "Failed",
};

function Pending({ take }: { take: JobTake }) {
  const isFailed = take.status === "failed";
  const isOver = isFailed || take.status === "cancelled";
  return (
    <li data-status={take.status} className="min-w-0">
      <div
        className={`grid aspect-[4/5] place-items-center rounded-xl p-3 text-center text-xs ${
          isFailed
            ? "bg-red-soft text-red"
            : isOver
              ? "bg-well text-soft"
              : "animate-breathe bg-accent-soft text-accent"
        }`}
      >
        {isFailed ? (
          <span className="line-clamp-6">
            <CircleAlert size={16} className="mx-auto mb-1.5" aria-hidden="true" />
            {take.error?.message ?? "It failed."}
          </span>
        ) : (
          STATES[take.status]
        )}
      </div>
      <p className="mt-1.5 flex items-center gap-1.5 text-xs text-soft">
        {isFailed && (
          <span className="rounded-md bg-red-soft px-1.5 font-medium text-red">Failed</span>
        )}
        Take {take.number}
      </p>
    </li>
  );
}
