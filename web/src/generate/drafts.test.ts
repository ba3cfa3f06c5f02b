import { expect, it } from "vitest";
import { carried } from "@/generate/drafts";

const drafts = (values: Parameters<typeof carried>[0]["values"]) => ({
  generator: "poster",
  takes: 1,
  values,
});

it("takes a prompt along to a generator without one", () => {
  expect(carried(drafts({ poster: { prompt: "sea", style: "waves" } }), "other").other).toEqual({
    prompt: "sea",
  });
});

it("leaves a prompt that was written before", () => {
  const values = { poster: { prompt: "sea" }, other: { prompt: "wood" } };
  expect(carried(drafts(values), "other")).toEqual(values);
});
