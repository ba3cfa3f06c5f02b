import { expect, it } from "vitest";
import type { Generator } from "@/api/client";
import { matching, providersOf, ranked } from "@/generate/choice";

const named = (name: string, artifact_type: Generator["artifact_type"], description: string) => ({
  name,
  title: null,
  artifact_type,
  description,
  provider: "local",
  version: null,
  unavailable: null,
  input_schema: {},
});
const all = [
  named("local-collage", "image", "Posters side by side"),
  named("local-poster", "image", "Procedural art"),
  named("local-music", "audio", "A tune"),
];
const names = (text: string, type: Generator["artifact_type"] | null = null) =>
  matching(all, text, type).map(({ name }) => name);

it("finds all without a word", () => {
  expect(names("")).toHaveLength(3);
});

it("puts a name that begins with the word before a description that holds it", () => {
  expect(names("post")).toEqual(["local-poster", "local-collage"]);
});

it("wants every word, in whatever order and by whichever dash", () => {
  expect(names("music local")).toEqual(["local-music"]);
  expect(names("local-mus")).toEqual(["local-music"]);
});

it("keeps to a type", () => {
  expect(names("", "audio")).toEqual(["local-music"]);
  expect(names("poster", "audio")).toEqual([]);
});

it("puts favourites before what was used lately, and that before the rest", () => {
  const order = ranked(all, new Set(["local-music"]), ["local-poster"]).map(({ name }) => name);
  expect(order).toEqual(["local-music", "local-poster", "local-collage"]);
});

it("names each provider once", () => {
  expect(providersOf(all)).toEqual(["local"]);
});
