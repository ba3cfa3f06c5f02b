import { cardOf, nameOf, type Slot, type Storyboard } from "@/story/storyboard";

/** The texts of a story that are written here. */
export type Field = "scene" | "direction" | "text";
export type Spot = `${Slot}/${Field}` | "story/title";

/** What was typed and is not saved: with each text the one that stood there when it was begun. */
export type Words = Readonly<Record<string, { was: string; now: string }>>;

export function wordsOf(found: unknown): Words {
  if (typeof found !== "object" || found === null) return {};
  return Object.fromEntries(
    Object.entries(found).filter(
      ([, one]) => typeof one?.was === "string" && typeof one?.now === "string",
    ),
  );
}

/** What the file says at a spot; null where there is no such card any more. */
export function textAt(board: Storyboard, spot: string): string | null {
  const [slot, field] = spot.split("/") as [Slot | "story", Field];
  if (slot === "story") return board.title ?? "";
  if (slot === "cover" || slot === "portrait") return board[slot]?.scene ?? "";
  const card = cardOf(board, slot);
  return card ? (card[field] ?? "") : null;
}

export function typed(words: Words, board: Storyboard, spot: Spot, now: string): Words {
  const { [spot]: before, ...rest } = words;
  const file = textAt(board, spot) ?? "";
  const was = before?.was ?? file;
  return now === file ? rest : { ...rest, [spot]: { was, now } };
}

/** A storyboard with what was typed in it; what belongs to a card that is gone is left out. */
export function applied(board: Storyboard, words: Words): Storyboard {
  let next = board;
  for (const [spot, { now }] of Object.entries(words)) {
    const [slot, field] = spot.split("/") as [Slot | "story", Field];
    if (slot === "story") next = { ...next, title: now };
    else if (slot === "cover" || slot === "portrait") {
      next = { ...next, [slot]: { ...next[slot], scene: now } };
    } else {
      next = {
        ...next,
        cards: next.cards.map((card) =>
          `card:${card.id}` === slot ? { ...card, [field]: now } : card,
        ),
      };
    }
  }
  return next;
}

/** Where somebody else has written something else meanwhile: nobody but a person can decide. */
export function clashes(board: Storyboard, words: Words): string[] {
  return Object.entries(words)
    .filter(([spot, { was, now }]) => {
      const file = textAt(board, spot);
      return file !== was && file !== now;
    })
    .map(([spot]) => spot);
}

/** What is still to be saved after `sent` was: what was typed since begins where that ended. */
export function unsaved(words: Words, sent: Words): Words {
  return Object.fromEntries(
    Object.entries(words).flatMap(([spot, one]) => {
      const done = sent[spot];
      if (!done) return [[spot, one]];
      return done.now === one.now ? [] : [[spot, { was: done.now, now: one.now }]];
    }),
  );
}

/** Decide a clash: keep what was typed here, or take what the file says. */
export function decided(
  words: Words,
  board: Storyboard,
  spot: string,
  way: "mine" | "theirs",
): Words {
  const { [spot]: one, ...rest } = words;
  const file = textAt(board, spot);
  if (!one || way === "theirs" || file === null) return rest;
  return { ...rest, [spot]: { was: file, now: one.now } };
}

/** What a spot is called: `the scene of card 3`. */
export function spotName(board: Storyboard, spot: string): string {
  const [slot, field] = spot.split("/") as [Slot | "story", Field];
  if (slot === "story") return "the title";
  if (textAt(board, spot) === null) return "a card that is gone";
  const what = field === "text" ? "the words on" : `the ${field} of`;
  return `${what} ${nameOf(board, slot).toLowerCase()}`;
}
