import type { Generation } from "@/api/client";
import { isFinal } from "@/api/states";

/** The ids of what is on a board, newest first. What each stands for is known by itself. */
export type Ids = readonly string[];

/** The whole state of a generation as an event tells it, without its inputs, file and cost. */
export type Change = Pick<Generation, "id"> &
  Partial<
    Pick<Generation, "status" | "phase" | "progress" | "message" | "needs_attention" | "error">
  >;

/** Put an id where its age belongs: ids are made in the order of time. */
export function inserted(ids: Ids, id: string): Ids {
  let place = ids.findIndex((other) => other <= id);
  if (place < 0) place = ids.length;
  return ids[place] === id ? ids : ids.toSpliced(place, 0, id);
}

export function without(ids: Ids, gone: ReadonlySet<string>): Ids {
  return ids.some((id) => gone.has(id)) ? ids.filter((id) => !gone.has(id)) : ids;
}

/** Answers and events overtake each other: what has ended stays ended, and bars never run back. */
export function newer(known: Generation | undefined, now: Generation): Generation {
  if (!known) return now;
  if (isFinal(known) && !isFinal(now)) return known;
  if (known.phase === now.phase && known.progress > now.progress) {
    return { ...now, progress: known.progress };
  }
  return now;
}

/** Keeps what an event does not carry. */
export function changed(known: Generation, change: Change): Generation {
  return newer(known, { ...known, ...change });
}
