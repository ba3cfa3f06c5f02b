import { describe, expect, it } from "vitest";
import { cleaned, EVERYTHING, filterOf, filterText } from "@/gallery/filter";

describe("a filter", () => {
  it("comes back from its address as it was", () => {
    const filter = { text: "red & blue", type: "image", favourite: true } as const;
    expect(filterOf(filterText(filter))).toEqual(filter);
  });

  it("is everything where nothing is said or only nonsense", () => {
    expect(filterOf(null)).toBe(EVERYTHING);
    expect(filterOf("type=castle&status=none&since=tomorrow")).toBe(EVERYTHING);
    expect(filterText(EVERYTHING)).toBeNull();
  });

  it("forgets what was emptied", () => {
    expect(cleaned({ text: "", type: "video" })).toEqual({ type: "video" });
  });
});
