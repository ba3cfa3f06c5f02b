import { queryOptions } from "@tanstack/react-query";
import { asked, client } from "@/api/client";
import type { components } from "@/api/schema";

export type Job = components["schemas"]["Job"];

const BUSY_MS = 2000;
const IDLE_MS = 20_000;
const SHOWN = 30;

/**
 * The last jobs, on whichever board. They are the server's, so they survive a reload and are the
 * same in every tab; a tab that is not seen does not ask.
 */
export const jobsQuery = queryOptions({
  queryKey: ["jobs"],
  queryFn: async ({ signal }) => {
    const query = { limit: SHOWN };
    const page = await asked(client.GET("/api/v1/jobs", { params: { query }, signal }));
    return page.items;
  },
  refetchInterval: ({ state }) => (openJobs(state.data ?? []).moving.length ? BUSY_MS : IDLE_MS),
  refetchOnWindowFocus: true,
  staleTime: 1000,
});

export interface OpenJobs {
  moving: readonly Job[];
  /** A person has to say what is to become of these. */
  asking: readonly Job[];
  ended: readonly Job[];
}

export function openJobs(jobs: readonly Job[]): OpenJobs {
  const asking = jobs.filter((job) => job.needs_attention);
  const rest = jobs.filter((job) => !job.needs_attention);
  const isOpen = ({ state }: Job) => state === "queued" || state === "running";
  return { asking, moving: rest.filter(isOpen), ended: rest.filter((job) => !isOpen(job)) };
}
