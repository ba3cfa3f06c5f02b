import { describe, expect, it } from "vitest";
import { layoutOf, madeAt, stepFrom } from "@/gallery/layout";

describe("a layout", () => {
  it("fills the width with whole tiles and leaves none out", () => {
    const { columns, side, gap, rows } = layoutOf(1000, 11, 200);
    expect(columns * side + (columns - 1) * gap).toBeCloseTo(1000);
    expect(columns).toBe(4);
    expect(rows).toBe(3);
  });

  it("has two columns on the narrowest screen", () => {
    expect(layoutOf(328, 4, 320).columns).toBe(2);
  });
});

describe("a step", () => {
  it.each([
    ["ArrowLeft", 0, 0],
    ["ArrowRight", 9, 9],
    ["ArrowUp", 2, 2],
    ["ArrowUp", 5, 1],
    ["ArrowDown", 1, 5],
    ["ArrowDown", 7, 9],
    ["ArrowDown", 8, 8],
    ["Home", 7, 0],
    ["End", 2, 9],
  ])("by %s from %d of ten in rows of four leads to %d", (key, from, to) => {
    expect(stepFrom(from, key, 4, 10)).toBe(to);
  });
});

it("reads from an id when it was made", () => {
  expect(madeAt("019aa3c0-0000-7000-8000-000000000000")?.getUTCFullYear()).toBe(2025);
  expect(madeAt("b6f1f5a0-0000-4000-8000-000000000000")).toBeNull();
});
