import { describe, expect, it } from "vitest";
import type { Storyboard } from "@/story/storyboard";
import { applied, clashes, decided, typed, unsaved, type Words, wordsOf } from "@/story/words";

const board = (scene: string): Storyboard => ({
  title: "Train",
  cards: [
    { id: 1, kind: "overlay", scene },
    { id: 2, kind: "overlay", scene: "sea" },
  ],
});

describe("typing", () => {
  it("remembers what stood there when it was begun", () => {
    const first = typed({}, board("dawn"), "card:1/scene", "da");
    expect(typed(first, board("dawn"), "card:1/scene", "dusk")).toEqual({
      "card:1/scene": { was: "dawn", now: "dusk" },
    });
  });

  it("is over when the text is that of the file again", () => {
    const words = typed({}, board("dawn"), "card:1/scene", "dusk");
    expect(typed(words, board("dawn"), "card:1/scene", "dawn")).toEqual({});
  });

  it("that goes on during a save is saved next", () => {
    const sent: Words = { "card:1/scene": { was: "dawn", now: "dusk" } };
    const now: Words = {
      "card:1/scene": { was: "dawn", now: "dusk, rain" },
      "cover/scene": { was: "", now: "stars" },
    };
    expect(unsaved(now, sent)).toEqual({
      "card:1/scene": { was: "dusk", now: "dusk, rain" },
      "cover/scene": { was: "", now: "stars" },
    });
    expect(unsaved(sent, sent)).toEqual({});
  });
});

describe("a file that was changed elsewhere", () => {
  const words: Words = { "card:1/scene": { was: "dawn", now: "dusk" } };

  it("takes the words where nobody else wrote there, and keeps all else", () => {
    const other: Storyboard = { ...board("dawn"), title: "Night train" };
    expect(clashes(other, words)).toEqual([]);
    expect(applied(other, words)).toEqual({ ...board("dusk"), title: "Night train" });
  });

  it("clashes where somebody wrote something else, or where the card is gone", () => {
    expect(clashes(board("noon"), words)).toEqual(["card:1/scene"]);
    expect(clashes({ cards: [] }, words)).toEqual(["card:1/scene"]);
  });

  it("does not clash where both wrote the same", () => {
    expect(clashes(board("dusk"), words)).toEqual([]);
  });

  it("waits for a person: either text is kept, and neither by itself", () => {
    const mine = decided(words, board("noon"), "card:1/scene", "mine");
    expect(mine).toEqual({ "card:1/scene": { was: "noon", now: "dusk" } });
    expect(clashes(board("noon"), mine)).toEqual([]);
    expect(decided(words, board("noon"), "card:1/scene", "theirs")).toEqual({});
  });
});

it("reads what an earlier page has kept, and nothing else", () => {
  const sound = { "card:1/scene": { was: "dawn", now: "dusk" } };
  expect(wordsOf({ ...sound, other: 3, worse: null })).toEqual(sound);
  expect(wordsOf("?")).toEqual({});
});
