import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Problem } from "@/api/problem";
import { store, stored, useStored } from "@/kit/stored";
import { jobQuery, type StoryJob, storyQuery, takesQuery } from "@/story/stories";
import {
  type Ended,
  endOf,
  type Heard,
  isFinal,
  type Watched,
  watchedOf,
  watchKey,
  withJob,
  withoutJobs,
} from "@/story/watch";

export interface Following {
  watched: Watched;
  /** Jobs under way, as far as has been heard of them. */
  running: readonly StoryJob[];
  /** Jobs that are looked for and of which nothing has been heard yet. */
  unheard: number;
  /** What has ended since the page was opened, or while nobody looked. */
  ended: readonly Ended[];
  follow: (job: string) => void;
  dismiss: (job: string) => void;
  prefer: (part: Partial<Pick<Watched, "slot" | "takes">>) => void;
}

/** Follow the jobs of a story, also those that a page before this one has begun. */
export function useFollowing(slug: string): Following {
  const queries = useQueryClient();
  const [watched, setWatched] = useStored(watchKey(slug), watchedOf);
  const [ended, setEnded] = useState<readonly Ended[]>([]);
  const seen = useRef(new Set<string>());
  const answers = useQueries({
    queries: watched.jobs.map((id) => jobQuery(slug, id)),
    combine: (all) =>
      all.map(({ data, error }): Heard => {
        if (error instanceof Problem && error.status === 404) return "forgotten";
        return data;
      }),
  });
  const running = answers.filter((one): one is StoryJob => typeof one === "object");
  const done = running.map(({ progress }) => progress.done).join();

  useEffect(() => {
    const over: Ended[] = [];
    watched.jobs.forEach((id, at) => {
      const heard = answers[at];
      const end = endOf(id, heard, seen.current.has(id));
      if (end) over.push(end);
      else if (heard) seen.current.add(id);
    });
    if (over.length === 0) return;
    const ids = over.map(({ id }) => id);
    setWatched((now) => withoutJobs(now, ids));
    setEnded((now) => [...now.filter(({ id }) => !ids.includes(id)), ...over]);
    // A finished cover or portrait is in the storyboard already, and old prices are no longer so.
    void queries.invalidateQueries({ queryKey: storyQuery(slug).queryKey });
    void queries.invalidateQueries({ queryKey: ["story-price", slug] });
  }, [answers, watched.jobs, setWatched, queries, slug]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: with each take that ended, one more is there
  useEffect(() => {
    void queries.invalidateQueries({ queryKey: takesQuery(slug).queryKey });
  }, [done, ended.length, queries, slug]);

  return {
    watched,
    running: running.filter((job) => !isFinal(job)),
    unheard: answers.filter((one) => one === undefined).length,
    ended,
    follow: (job) => {
      // Whoever pressed the button has seen it begin, however soon it ends.
      seen.current.add(job);
      // The page may be another one by now; the next one is to find the job all the same.
      store(watchKey(slug), withJob(watchedOf(stored(watchKey(slug))), job));
      setWatched((now) => withJob(now, job));
    },
    dismiss: (job) => setEnded((now) => now.filter(({ id }) => id !== job)),
    prefer: (part) => setWatched((now) => ({ ...now, ...part })),
  };
}
