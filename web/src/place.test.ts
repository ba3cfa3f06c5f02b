import { describe, expect, it } from "vitest";
import { placeOf, searchOf, TO_PAGE } from "@/place";

describe("a place", () => {
  it("is the home page where nothing is said, and a board where one is", () => {
    expect(placeOf("").page).toBe("home");
    expect(placeOf("?board=a").page).toBe("board");
    expect(placeOf("?board=a&page=spend").page).toBe("spend");
    expect(placeOf("?page=nonsense").page).toBe("home");
  });

  it("keeps in its address what another does not change", () => {
    expect(searchOf("?board=a", { view: "b" })).toBe("?board=a&view=b");
    expect(searchOf("?board=a&view=b", { view: null })).toBe("?board=a");
    expect(searchOf("?board=a&page=spend", { page: "board" })).toBe("?board=a");
  });

  it("leaves board and view behind on the way home", () => {
    expect(searchOf("?board=a&view=b&only=x", { ...TO_PAGE, page: "home" })).toBe("");
  });
});
