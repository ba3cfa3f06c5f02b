import type { InfiniteData } from "@tanstack/react-query";
import type { Generation, GenerationPage } from "@/api/client";
import { isFinal } from "@/api/states";

/** A board's generations as they were loaded, newest first, part by part. */
export type Pages = InfiniteData<GenerationPage, string | null>;

/** The whole state of a generation as an event tells it, without its inputs, file and cost. */
export type Change = Pick<Generation, "id"> &
  Partial<
    Pick<Generation, "status" | "phase" | "progress" | "message" | "needs_attention" | "error">
  >;

export function itemsOf(pages: Pick<Pages, "pages"> | undefined): Generation[] {
  return pages?.pages.flatMap((page) => page.items) ?? [];
}

/** Put generations where they belong: in place of what is known of them, or by their age. */
export function merged(pages: Pages | undefined, news: readonly Generation[]): Pages {
  const byId = new Map(news.map((one) => [one.id, one]));
  const parts = (pages?.pages ?? [{ items: [], next: null }]).map((page) => ({
    ...page,
    items: page.items.map((one) => {
      const now = byId.get(one.id);
      byId.delete(one.id);
      return now ? newer(one, now) : one;
    }),
  }));
  for (const one of byId.values()) insert(parts, one);
  return { pages: parts, pageParams: pages?.pageParams ?? [null] };
}

/** Apply a change to what is shown. Gives the same pages where it is about something else. */
export function changed(pages: Pages | undefined, change: Change): Pages | undefined {
  const known = itemsOf(pages).find((one) => one.id === change.id);
  return known ? merged(pages, [{ ...known, ...change }]) : pages;
}

export function without(pages: Pages | undefined, id: string): Pages | undefined {
  if (!pages) return pages;
  const parts = pages.pages.map((page) => ({
    ...page,
    items: page.items.filter((one) => one.id !== id),
  }));
  return { ...pages, pages: parts };
}

/** Answers and events overtake each other: what has ended stays ended, and bars never run back. */
function newer(known: Generation, now: Generation): Generation {
  if (isFinal(known) && !isFinal(now)) return known;
  if (known.phase === now.phase && known.progress > now.progress) {
    return { ...now, progress: known.progress };
  }
  return now;
}

function insert(parts: GenerationPage[], one: Generation): void {
  for (const part of parts) {
    const place = part.items.findIndex((other) => isBefore(one, other));
    if (place >= 0) {
      part.items.splice(place, 0, one);
      return;
    }
  }
  // Older than all that is loaded: it comes with its own part, if there is another.
  const last = parts.at(-1);
  if (last && !last.next) last.items.push(one);
}

function isBefore(one: Generation, other: Generation): boolean {
  // Not as text: a whole second is written without its fraction. Ids grow within a millisecond too.
  const [at, then] = [Date.parse(one.created_at), Date.parse(other.created_at)];
  return at === then ? one.id > other.id : at > then;
}
