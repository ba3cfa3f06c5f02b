import { describe, expect, it } from "vitest";
import { FIT, fitting, moved, scaleOf, zoomedTo } from "@/viewer/zoom";

const sizes = { frame: { width: 400, height: 300 }, picture: { width: 800, height: 800 } };
const middle = { x: 0, y: 0 };

describe("fitting", () => {
  it("shows all of a large picture", () => {
    expect(fitting(sizes)).toBe(0.375);
  });

  it("does not blow up a small one", () => {
    expect(fitting({ ...sizes, picture: { width: 10, height: 10 } })).toBe(1);
  });
});

describe("zooming", () => {
  it("keeps what is under the pointer where it is", () => {
    const zoom = zoomedTo({ scale: 1, x: 0, y: 0 }, 2, { x: 50, y: -40 }, sizes);
    expect(zoom).toEqual({ scale: 2, x: -50, y: 40 });
  });

  it("falls back to fitting when it comes to less", () => {
    expect(zoomedTo({ scale: 1, x: 90, y: 0 }, 0.1, middle, sizes)).toEqual(FIT);
  });

  it("ends somewhere", () => {
    expect(scaleOf(zoomedTo(FIT, 1000, middle, sizes), sizes)).toBe(16);
  });
});

describe("moving", () => {
  it("never shows more than the edge of the picture", () => {
    expect(moved({ scale: 1, x: 0, y: 0 }, { x: 999, y: -999 }, sizes)).toEqual({
      scale: 1,
      x: 200,
      y: -250,
    });
  });

  it("does nothing while all of it is seen", () => {
    expect(moved(FIT, { x: 10, y: 10 }, sizes)).toEqual(FIT);
  });
});
