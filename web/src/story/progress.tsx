import { CircleAlert, CircleCheck, Loader, X } from "lucide-react";
import { IconButton } from "@/kit/button";
import { complain } from "@/kit/toasts";
import type { Following } from "@/story/following";
import { type StoryJob, useCancelJob } from "@/story/stories";

const KINDS: Record<StoryJob["kind"], string> = {
  takes: "Takes of a card",
  batch: "Takes of several cards",
  cover: "Cover",
  portrait: "Portrait",
};

/** What is under way for a story, each job in one line, and what has ended. */
export function Progress({ slug, following }: { slug: string; following: Following }) {
  const { running, ended, unheard, dismiss } = following;
  const cancel = useCancelJob(slug);
  return (
    <div role="status" aria-label="Generations" className="flex flex-col gap-2 empty:hidden">
      {running.map((job) => (
        <div
          key={job.job_id}
          data-job={job.job_id}
          className="flex items-center gap-3 rounded-xl bg-accent-soft py-1.5 pr-1.5 pl-4"
        >
          <Loader size={16} className="shrink-0 animate-spin text-accent" aria-hidden="true" />
          <div className="min-w-0 flex-1">
            <p className="text-[13px] tabular-nums">
              <span className="font-medium">{titleOf(job)}</span>: {job.line}
            </p>
            <div className="mt-1 h-[3px] overflow-hidden rounded-full bg-line">
              <div
                className="h-full bg-accent transition-[width] duration-500"
                style={{ width: `${Math.round(job.progress.fraction * 100)}%` }}
              />
            </div>
          </div>
          <IconButton
            label="Cancel what has not ended"
            disabled={cancel.isPending}
            onClick={() => cancel.mutate(job.job_id, { onError: complain })}
          >
            <X size={16} />
          </IconButton>
        </div>
      ))}
      {unheard > 0 && running.length === 0 && (
        <p className="rounded-xl bg-well px-4 py-2.5 text-[13px] text-soft">
          Looking for what was under way…
        </p>
      )}
      {ended.map(({ id, text, tone, job }) => {
        const reason = job?.items.find(({ error }) => error)?.error?.message;
        const Icon = tone === "trouble" ? CircleAlert : CircleCheck;
        return (
          <div
            key={id}
            data-ended={id}
            className={`flex items-center gap-3 rounded-xl py-1 pr-1.5 pl-4 text-[13px] ${tone === "trouble" ? "bg-red-soft" : "bg-well"}`}
          >
            <Icon
              size={16}
              className={`shrink-0 ${tone === "trouble" ? "text-red" : "text-soft"}`}
              aria-hidden="true"
            />
            <p className="min-w-0 flex-1 tabular-nums">
              {text}
              {reason && <span className="text-red"> {reason}</span>}
            </p>
            <IconButton label="Dismiss" className="size-8" onClick={() => dismiss(id)}>
              <X size={15} />
            </IconButton>
          </div>
        );
      })}
    </div>
  );
}

function titleOf(job: StoryJob): string {
  const [item] = job.items;
  if (job.kind === "takes" && item?.card) return `Card ${item.card}`;
  if (job.kind === "batch")
    return `${job.items.length} ${job.items.length === 1 ? "slot" : "slots"}`;
  return KINDS[job.kind];
}
