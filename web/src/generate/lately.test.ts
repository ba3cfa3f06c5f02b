import { describe, expect, it } from "vitest";
import { usedNow, walked } from "@/generate/lately";

it("keeps what was used last first, each once, and not too many", () => {
  expect(usedNow(["a", "b", "c"], "b", 2)).toEqual(["b", "a"]);
});

describe("walking over earlier prompts", () => {
  const history = ["newest", "older"];
  const start = { at: -1, written: "" };

  it("leads back and forth, and returns what was being written", () => {
    const one = walked(start, 1, history, "half a");
    expect(one?.text).toBe("newest");
    const two = walked(one?.walk ?? start, 1, history, "newest");
    expect(two?.text).toBe("older");
    const back = walked(two?.walk ?? start, -1, history, "older");
    expect(walked(back?.walk ?? start, -1, history, "newest")?.text).toBe("half a");
  });

  it("ends at both ends", () => {
    expect(walked(start, -1, history, "x")).toBeNull();
    expect(walked({ at: 1, written: "" }, 1, history, "older")).toBeNull();
  });
});
