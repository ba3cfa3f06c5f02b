import { describe, expect, it } from "vitest";
import { durationText, expectedRatio, nameOf, seedOf, sizeText, titleOf } from "@/kit/texts";
import { generationOf } from "@/testing";

it.each([
  [0, "0 B"],
  [999, "999 B"],
  [1240, "1.24 kB"],
  [3_456_789, "3.46 MB"],
])("writes %d bytes as %s", (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});

it.each([
  [7.2, "0:07"],
  [59.6, "1:00"],
  [3723, "1:02:03"],
])("writes %d seconds as %s", (seconds, text) => {
  expect(durationText(seconds)).toBe(text);
});

describe("a title", () => {
  it("is what the generator calls it, else its prompt's first line, else its generator", () => {
    const one = generationOf({ id: "a", inputs: { prompt: "Blue sea\nat night" } });
    expect(titleOf({ ...one, output_metadata: { title: "Sea" } })).toBe("Sea");
    expect(titleOf(one)).toBe("Blue sea");
    expect(titleOf({ ...one, inputs: {} })).toBe("Local poster");
  });
});

it("reads a generator's name as words", () => {
  expect(nameOf("fal-flux_dev")).toBe("Fal flux dev");
});

it("shows the seed that was drawn where none was asked for", () => {
  expect(seedOf(generationOf({ id: "a", output_metadata: { seed: 7 } }))).toBe("7");
  expect(seedOf(generationOf({ id: "a", inputs: { seed: 0 } }))).toBe("0");
  expect(seedOf(generationOf({ id: "a" }))).toBeUndefined();
});

it("expects the shape that was asked for until the real one is known", () => {
  const one = generationOf({ id: "a", inputs: { aspect_ratio: "4:5" } });
  expect(expectedRatio(one)).toBeCloseTo(0.8);
  expect(expectedRatio({ ...one, inputs: { width: 300, height: 100 } })).toBe(3);
  expect(expectedRatio({ ...one, inputs: {} })).toBe(1);
});
