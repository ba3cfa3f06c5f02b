import { describe, expect, it } from "vitest";
import { type Command, findCommands } from "@/shell/find";

const command = (id: string, kind: Command["kind"], title: string, hint?: string): Command => ({
  id,
  kind,
  title,
  ...(hint ? { hint } : {}),
  act: () => undefined,
});
const ALL = [
  command("spend", "Go to", "Spend"),
  command("b1", "Board", "Winter harbour"),
  command("flux", "Generator", "FLUX.2 Pro", "fal image"),
  command("poster", "Generator", "Poster", "local image"),
];
const ids = (text: string, recent: string[] = []) =>
  findCommands(ALL, text, recent).map(({ id }) => id);

describe("the palette", () => {
  it("finds by the beginnings of words, in any order", () => {
    expect(ids("har win")).toEqual(["b1"]);
    expect(ids("pro flux")).toEqual(["flux"]);
    expect(ids("arbour")).toEqual([]);
  });

  it("puts first what begins with what was typed", () => {
    expect(ids("p")).toEqual(["poster", "flux"]);
  });

  it("begins with what was chosen lately, and leaves generators to be typed for", () => {
    expect(ids("", ["poster", "gone"])).toEqual(["poster", "spend", "b1"]);
  });
});
