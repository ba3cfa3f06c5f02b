import { useQuery } from "@tanstack/react-query";
import { ListTodo } from "lucide-react";
import { jobsQuery, openJobs } from "@/jobs/jobs";
import { IconButton } from "@/kit/button";

/** Opens the tray, and says how much is under way, on whichever board. */
export function JobsButton({ isOpen, onClick }: { isOpen: boolean; onClick: () => void }) {
  const { data } = useQuery(jobsQuery);
  const { moving, asking } = openJobs(data ?? []);
  const count = moving.length + asking.length;
  const label = count ? `Jobs: ${moving.length} under way, ${asking.length} to decide` : "Jobs";
  return (
    <IconButton
      label={label}
      aria-expanded={isOpen}
      aria-controls="jobs"
      className="relative aria-expanded:bg-well aria-expanded:text-ink"
      onClick={onClick}
    >
      <ListTodo size={18} strokeWidth={1.75} />
      {count > 0 && (
        <span
          aria-hidden="true"
          className={`absolute top-0.5 right-0.5 grid h-4 min-w-4 place-items-center rounded-full px-1 text-[10px] font-semibold text-panel tabular-nums ${
            asking.length ? "bg-amber" : "bg-accent"
          }`}
        >
          {count}
        </span>
      )}
    </IconButton>
  );
}
