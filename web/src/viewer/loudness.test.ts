import { expect, it } from "vitest";
import { loudness } from "@/viewer/loudness";

it("measures each part against the loudest", () => {
  expect(loudness(Float32Array.of(0, 0, 0.25, -0.25, 0.5, -0.5), 3)).toEqual([0, 0.5, 1]);
});

it("draws silence as silence", () => {
  expect(loudness(new Float32Array(8), 2)).toEqual([0, 0]);
});

it("bears a sound shorter than the picture", () => {
  expect(loudness(Float32Array.of(1), 3)).toEqual([1, 0, 0]);
});
