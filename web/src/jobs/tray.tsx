import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { X } from "lucide-react";
import { asked, client } from "@/api/client";
import { said } from "@/api/problem";
import { doing } from "@/api/states";
import { priceText } from "@/generate/price";
import { Thumb } from "@/generate/slots";
import { type Job, jobsQuery, openJobs } from "@/jobs/jobs";
import { IconButton } from "@/kit/button";
import { agoText, titleOf } from "@/kit/texts";
import { complain } from "@/kit/toasts";
import { TO_PAGE } from "@/place";
import { useStudio } from "@/studio";

/** What is under way and what has ended lately, on all boards. */
export default function Tray({ onClose }: { onClose: () => void }) {
  const { data, error } = useQuery(jobsQuery);
  const { moving, asking, ended } = openJobs(data ?? []);
  const parts = [
    ["To be decided", asking],
    ["Under way", moving],
    ["Ended", ended],
  ] as const;
  return (
    <aside
      id="jobs"
      aria-label="Jobs"
      className="z-30 flex flex-col border-l border-line bg-panel max-lg:fixed max-lg:inset-0 max-lg:top-14 lg:sticky lg:top-14 lg:h-[calc(100dvh-3.5rem)] lg:w-[22rem] lg:shrink-0"
    >
      <header className="flex items-center justify-between py-2 pr-2 pl-5">
        <h2 className="text-base font-semibold tracking-tight">Jobs</h2>
        <IconButton label="Close the jobs" onClick={onClose}>
          <X size={18} />
        </IconButton>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto px-3 pb-6">
        {error && (
          <p role="alert" className="p-2 text-red">
            {said(error)}
          </p>
        )}
        {data?.length === 0 && <p className="p-2 text-soft">Nothing has been made yet.</p>}
        {parts.map(([title, jobs]) =>
          jobs.length ? (
            <section key={title} className="mb-4">
              <h3 className="px-2 py-1.5 text-xs font-medium text-soft">{title}</h3>
              <ul>
                {jobs.map((job) => (
                  <JobRow key={job.job_id} job={job} onGone={onClose} />
                ))}
              </ul>
            </section>
          ) : null,
        )}
      </div>
    </aside>
  );
}

function JobRow({ job, onGone }: { job: Job; onGone: () => void }) {
  const { go, makerOf, boards } = useStudio();
  const queries = useQueryClient();
  const cancel = useMutation({
    mutationFn: () =>
      asked(
        client.POST("/api/v1/jobs/{job_id}/cancel", { params: { path: { job_id: job.job_id } } }),
      ),
    onError: complain,
    onSettled: () => queries.invalidateQueries({ queryKey: jobsQuery.queryKey }),
  });
  const [first] = job.generations;
  if (!first) return null;
  const isOpen = job.state === "queued" || job.state === "running";
  const takes = job.generations.length;
  const title = titleOf(first, makerOf(first));
  const board = boards?.find(({ id }) => id === first.board_id)?.title;
  const open = () => {
    go({ ...TO_PAGE, page: "board", board: first.board_id, view: first.id });
    if (matchMedia("(width < 64rem)").matches) onGone();
  };
  return (
    <li className="flex items-center gap-3 rounded-xl p-2 hover:bg-well">
      <button
        type="button"
        aria-label={`Look at ${title}`}
        onClick={open}
        className="size-11 shrink-0 overflow-hidden rounded-lg bg-well"
      >
        {first.status === "completed" && <Thumb generation={first} />}
      </button>
      <div className="min-w-0 flex-1">
        <p className="truncate text-[13px] font-medium">
          {title}
          {takes > 1 && <span className="font-normal text-soft"> × {takes}</span>}
        </p>
        <p className="truncate text-xs text-soft">
          {[stateText(job), costText(job, isOpen), board].filter(Boolean).join(" · ")}
        </p>
        {isOpen && !job.needs_attention && (
          <div
            role="progressbar"
            aria-label={title}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={Math.round(job.progress * 100)}
            className="mt-1.5 h-1 overflow-hidden rounded-full bg-line"
          >
            <div
              className="h-full rounded-full bg-accent transition-[width] duration-500"
              style={{ width: `${Math.max(3, job.progress * 100)}%` }}
            />
          </div>
        )}
      </div>
      {isOpen && !job.needs_attention && (
        <IconButton
          label={`Cancel ${title}`}
          disabled={cancel.isPending}
          onClick={() => cancel.mutate()}
        >
          <X size={16} />
        </IconButton>
      )}
    </li>
  );
}

function costText(job: Job, isOpen: boolean): string {
  const price = priceText(isOpen || job.needs_attention ? job.cost_estimate : job.cost_actual);
  return job.needs_attention && price !== "free" ? `${price} held` : price;
}

function stateText(job: Job): string {
  const { state, generations, partial } = job;
  if (job.needs_attention) return "Not certain";
  if (state === "queued" || state === "running") {
    const done = generations.filter(({ status }) => status === "completed").length;
    if (generations.length > 1) return `${done} of ${generations.length} done`;
    return generations[0] ? doing(generations[0]) : "";
  }
  if (partial) return "Partly done";
  const ago = agoText(job.created_at);
  return state === "done" ? ago : `${state === "failed" ? "Failed" : "Cancelled"} ${ago}`;
}
