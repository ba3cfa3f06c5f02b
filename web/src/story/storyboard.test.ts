import { expect, it } from "vitest";
import { moved, nameOf, type Storyboard, slugOf, withCard, withOrder } from "@/story/storyboard";

const board: Storyboard = {
  cards: [
    { id: 4, kind: "overlay", scene: "dawn" },
    { id: 2, kind: "overlay", scene: "sea" },
    { id: 9, kind: "end" },
  ],
};

it("puts a card at another place and leaves the order of the others", () => {
  expect(moved([4, 2, 9], 9, 0)).toEqual([9, 4, 2]);
  expect(moved([4, 2, 9], 4, 1)).toEqual([2, 4, 9]);
});

it("stops at both ends, where nothing is to be sent", () => {
  const ids = [4, 2, 9];
  expect(moved(ids, 4, -1)).toBe(ids);
  expect(moved(ids, 9, 3)).toBe(ids);
  expect(moved(ids, 4, 99)).toEqual([2, 9, 4]);
  expect(moved(ids, 7, 0)).toBe(ids);
});

it("shows an order that is on its way only where it is of these cards", () => {
  expect(withOrder(board, [9, 4, 2]).cards.map(({ id }) => id)).toEqual([9, 4, 2]);
  expect(withOrder(board, [9, 4])).toBe(board);
});

it("gives a new card an id that none has, and one that comes back its own", () => {
  expect(withCard(board, { scene: "wood" }).cards.at(-1)).toEqual({
    id: 10,
    kind: "overlay",
    scene: "wood",
  });
  expect(withCard(board, { id: 3, scene: "back" }, 1).cards.map(({ id }) => id)).toEqual([
    4, 3, 2, 9,
  ]);
});

it("calls a card by where it stands, not by its id", () => {
  expect(nameOf(board, "card:9")).toBe("Card 3");
  expect(nameOf(board, "cover")).toBe("Cover");
});

it("makes a name for addresses of any title", () => {
  expect(slugOf("  Night train: to the Séa! ")).toBe("night-train-to-the-sea");
  expect(slugOf("…")).toBe("");
  expect(slugOf(`${"a".repeat(63)} b`)).toBe("a".repeat(63));
});
