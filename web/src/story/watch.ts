import type { StoryJob } from "@/story/stories";
import type { Slot } from "@/story/storyboard";

/**
 * What this browser keeps of a story: the jobs to look for, and how one looks at it. Never takes or
 * picks: the browser says what to look for, the server what is under way, the workspace what is there.
 */
export interface Watched {
  jobs: readonly string[];
  /** The card that was open. */
  slot: Slot | null;
  /** How many takes were asked for last; null is as the story says. */
  takes: number | null;
}

export const watchKey = (slug: string) => `boards.story.${slug}`;
export const wordsKey = (slug: string) => `boards.story.${slug}.words`;

export function watchedOf(found: unknown): Watched {
  const { jobs, slot, takes } = (found ?? {}) as Partial<Record<keyof Watched, unknown>>;
  return {
    jobs: Array.isArray(jobs)
      ? [...new Set(jobs.filter((one): one is string => typeof one === "string"))]
      : [],
    slot:
      typeof slot === "string" && /^(card:\d+|cover|portrait)$/.test(slot) ? (slot as Slot) : null,
    takes: typeof takes === "number" && Number.isInteger(takes) && takes > 0 ? takes : null,
  };
}

export function withJob(watched: Watched, id: string): Watched {
  return watched.jobs.includes(id) ? watched : { ...watched, jobs: [...watched.jobs, id] };
}

export function withoutJobs(watched: Watched, gone: readonly string[]): Watched {
  return { ...watched, jobs: watched.jobs.filter((id) => !gone.includes(id)) };
}

/** What the server says of a job that is looked for: nothing yet, the job, or that there is none. */
export type Heard = StoryJob | "forgotten" | undefined;

/** A job that is no longer followed, and what to tell of it. */
export interface Ended {
  id: string;
  text: string;
  tone: "plain" | "trouble";
  job: StoryJob | null;
}

const FINAL = new Set<StoryJob["state"]>(["done", "failed", "cancelled"]);

export const isFinal = ({ state }: StoryJob) => FINAL.has(state);

/** What has become of a job; null while it is to be followed. `wasSeen` tells whether it was seen
 * under way since the page was opened. */
export function endOf(id: string, heard: Heard, wasSeen: boolean): Ended | null {
  if (heard === undefined) return null;
  if (heard === "forgotten") {
    const text = "A generation ended while you were away. What came of it is among the takes.";
    return { id, text, tone: "plain", job: null };
  }
  if (!isFinal(heard)) return null;
  const away = wasSeen ? "" : "Ended while you were away: ";
  const tone = heard.state === "failed" || heard.partial ? "trouble" : "plain";
  return { id, text: away + heard.line, tone, job: heard };
}
