import { describe, expect, it } from "vitest";
import { extended, NOTHING, toggled } from "@/gallery/selection";

const ORDER = ["e", "d", "c", "b", "a"];

describe("a selection", () => {
  it("takes one in and lets it go again", () => {
    const one = toggled(NOTHING, "c");
    expect([...one.ids]).toEqual(["c"]);
    expect(toggled(one, "c").ids.size).toBe(0);
  });

  it("reaches from where it began, in either direction", () => {
    const one = toggled(NOTHING, "c");
    expect([...extended(one, "e", ORDER).ids].sort()).toEqual(["c", "d", "e"]);
    expect([...extended(one, "a", ORDER).ids].sort()).toEqual(["a", "b", "c"]);
  });

  it("keeps where it began, so that a range can grow", () => {
    const grown = extended(extended(toggled(NOTHING, "d"), "c", ORDER), "b", ORDER);
    expect([...grown.ids].sort()).toEqual(["b", "c", "d"]);
  });

  it("begins where it is when it had not begun, or where it began is gone", () => {
    expect([...extended(NOTHING, "b", ORDER).ids]).toEqual(["b"]);
    expect([...extended({ ids: new Set(), from: "z" }, "b", ORDER).ids]).toEqual(["b"]);
    expect(extended(NOTHING, "z", ORDER).ids.size).toBe(0);
  });
});
