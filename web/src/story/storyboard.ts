import type { Story } from "@/story/stories";

/** A storyboard as its file holds it; keys that this page does not know stay as they are. */
export interface Storyboard {
  title?: string;
  type?: "reel" | "article";
  theme?: string;
  aspect?: string;
  settings?: { takes?: number; prune_minutes?: number };
  providers?: { image?: string; video?: string };
  cards: readonly Card[];
  cover?: Side;
  portrait?: Side;
}

export interface Card {
  id: number;
  kind: "overlay" | "title" | "text" | "end";
  text?: string;
  scene?: string;
  direction?: string;
  aspect?: string;
  media?: Media;
}

/** What stands beside the cards: the cover or the portrait. */
export interface Side {
  scene?: string;
  theme?: string;
  media?: Media;
  references?: readonly { path?: string }[];
}

export interface Media {
  kind: "image" | "video";
  source: "generated" | "uploaded" | "cover";
  theme?: string;
  path?: string;
  take?: string;
  generation?: string;
}

/** What is filled with a picture: a card, by its id, the cover or the portrait. */
export type Slot = `card:${number}` | "cover" | "portrait";

export const MOST_TAKES = 50;

export function boardOf({ storyboard }: Pick<Story, "storyboard">): Storyboard {
  const found = storyboard as unknown as Partial<Storyboard>;
  return { ...found, cards: found.cards ?? [] };
}

export const slotOf = ({ id }: Pick<Card, "id">): Slot => `card:${id}`;

export function cardOf(board: Storyboard, slot: Slot): Card | undefined {
  return board.cards.find((card) => slotOf(card) === slot);
}

export function mediaOf(board: Storyboard, slot: Slot): Media | undefined {
  if (slot === "cover" || slot === "portrait") return board[slot]?.media;
  return cardOf(board, slot)?.media;
}

/** All slots in the order in which they are walked over. */
export function slotsOf(board: Storyboard): Slot[] {
  return [...board.cards.map(slotOf), "cover", "portrait"];
}

/** What a slot is called: cards by where they stand now, counted from 1. */
export function nameOf(board: Storyboard, slot: Slot): string {
  if (slot === "cover") return "Cover";
  if (slot === "portrait") return "Portrait";
  return `Card ${placeOf(board, slot)}`;
}

/** Where a card stands now, counted from 1; 0 where it is no more. */
export function placeOf(board: Storyboard, slot: Slot): number {
  return board.cards.findIndex((card) => slotOf(card) === slot) + 1;
}

/** The ids of all cards with one of them at another place, counted from 0; the same array where
 * nothing changes. */
export function moved(ids: readonly number[], id: number, to: number): readonly number[] {
  const from = ids.indexOf(id);
  const target = Math.max(0, Math.min(to, ids.length - 1));
  if (from < 0 || from === target) return ids;
  const rest = ids.filter((one) => one !== id);
  return [...rest.slice(0, target), id, ...rest.slice(target)];
}

export function withOrder(board: Storyboard, ids: readonly number[]): Storyboard {
  const cards = ids.flatMap((id) => board.cards.find((card) => card.id === id) ?? []);
  return cards.length === board.cards.length ? { ...board, cards } : board;
}

export function withCard(board: Storyboard, part: Partial<Card>, at?: number): Storyboard {
  const id = Math.max(0, ...board.cards.map((card) => card.id)) + 1;
  const card: Card = { id, kind: "overlay", ...part };
  const place = at ?? board.cards.length;
  return {
    ...board,
    cards: [...board.cards.slice(0, place), card, ...board.cards.slice(place)],
  };
}

export function withoutCard(board: Storyboard, id: number): Storyboard {
  return { ...board, cards: board.cards.filter((card) => card.id !== id) };
}

/** A story's name in addresses, from its title. */
export function slugOf(title: string): string {
  return title
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{M}+/gu, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 64)
    .replace(/-+$/, "");
}
