import { describe, expect, it } from "vitest";
import { STYLES, styled, stylesIn, unstyled } from "@/generate/styles";

const ink = { name: "Ink", template: "{prompt}, ink on white" };

describe("a style", () => {
  it("goes around what was written, and comes off again", () => {
    expect(styled("A cat", ink)).toBe("A cat, ink on white");
    expect(unstyled("A cat, ink on white", [ink])).toBe("A cat");
  });

  it("takes a prompt by the letter", () => {
    expect(styled("$& and {x}", ink)).toBe("$& and {x}, ink on white");
  });

  it("is not taken off a prompt that was changed since", () => {
    expect(unstyled("A cat, ink on white paper", [ink])).toBe("A cat, ink on white paper");
  });

  it("comes off each that ships", () => {
    for (const one of STYLES) expect(unstyled(styled("A cat", one), STYLES)).toBe("A cat");
  });

  it("is read from storage only where it is one", () => {
    expect(stylesIn([ink, { name: "x" }, null, 3])).toEqual([ink]);
  });
});
