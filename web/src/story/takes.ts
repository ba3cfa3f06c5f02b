import type { JobTake, StoryJob, Take } from "@/story/stories";
import type { Slot } from "@/story/storyboard";

const KEYS = 9;

export const slotOfTake = ({ slot, card_id }: Pick<Take | JobTake, "slot" | "card_id">): Slot =>
  slot === "card" ? `card:${card_id ?? 0}` : slot;

/** The takes of a slot, by number. */
export function takesOf(takes: readonly Take[], slot: Slot): Take[] {
  return takes.filter((one) => slotOfTake(one) === slot).sort((a, b) => a.number - b.number);
}

/** Which key picks which file: 1 is the first, and of more than nine the first of the last nine. */
export function keysOf(takes: readonly Take[]): ReadonlyMap<string, string> {
  return new Map(takes.slice(-KEYS).map(({ file }, at) => [String(at + 1), file]));
}

/** Takes of jobs that are not among the files: under way, or failed. */
export function pendingOf(
  jobs: readonly StoryJob[],
  there: readonly Take[],
  slot: Slot,
): JobTake[] {
  const numbers = new Set(there.map(({ number }) => number));
  const found = new Map<number, JobTake>();
  for (const take of jobs.flatMap(({ takes }) => takes)) {
    if (slotOfTake(take) === slot && !numbers.has(take.number)) found.set(take.number, take);
  }
  return [...found.values()].sort((a, b) => a.number - b.number);
}
