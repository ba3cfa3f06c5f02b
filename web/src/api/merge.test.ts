import { describe, expect, it } from "vitest";
import type { Generation } from "@/api/client";
import { changed, itemsOf, merged, type Pages, without } from "@/api/merge";
import { generationOf } from "@/testing";

const at = (id: string, created_at: string, part: Partial<Generation> = {}) =>
  generationOf({ id, created_at, ...part });

function pagesOf(...parts: Generation[][]): Pages {
  const last = parts.length - 1;
  const pages = parts.map((items, place) => ({ items, next: place < last ? `to ${place}` : null }));
  return { pages, pageParams: parts.map(() => null) };
}

const ids = (pages: Pages | undefined) => itemsOf(pages).map(({ id }) => id);

describe("what is new", () => {
  const old = at("b", "2026-01-01T12:00:00Z");

  it("comes first when it is the newest", () => {
    expect(ids(merged(pagesOf([old]), [at("c", "2026-01-01T12:00:01Z")]))).toEqual(["c", "b"]);
  });

  it("goes where its age belongs, a whole second being written without a fraction", () => {
    const pages = pagesOf([at("z", "2026-01-01T12:00:00.500Z"), at("a", "2026-01-01T11:00:00Z")]);
    expect(ids(merged(pages, [old]))).toEqual(["z", "b", "a"]);
  });

  it("is ordered by its id within one moment", () => {
    expect(ids(merged(pagesOf([old]), [at("c", old.created_at), at("a", old.created_at)]))).toEqual(
      ["c", "b", "a"],
    );
  });

  it("is left to a part that is not loaded yet when it is older than all that is", () => {
    const pages: Pages = { pages: [{ items: [old], next: "more" }], pageParams: [null] };
    expect(ids(merged(pages, [at("a", "2025-01-01T00:00:00Z")]))).toEqual(["b"]);
  });

  it("is shown once, however often it comes, and in whichever part it stands", () => {
    const pages = pagesOf([at("c", "2026-01-01T13:00:00Z")], [old]);
    expect(ids(merged(merged(pages, [old]), [old]))).toEqual(["c", "b"]);
  });
});

describe("what has changed", () => {
  it("never brings an ended generation back", () => {
    const ended = at("a", "2026-01-01T12:00:00Z", { status: "completed", phase: "completed" });
    const late = { ...ended, status: "processing", phase: "storing", progress: 0.9 } as const;
    expect(itemsOf(merged(pagesOf([ended]), [late]))[0]?.status).toBe("completed");
  });

  it("never runs a bar back within a phase", () => {
    const running = at("a", "2026-01-01T12:00:00Z", { phase: "submitted", progress: 0.6 });
    const late = { ...running, progress: 0.2, message: "late" };
    const [now] = itemsOf(merged(pagesOf([running]), [late]));
    expect(now?.progress).toBe(0.6);
    expect(now?.message).toBe("late");
  });

  it("may begin again in another phase, as after a provider was busy", () => {
    const running = at("a", "2026-01-01T12:00:00Z", { phase: "submitting", progress: 0.6 });
    const again = { ...running, status: "pending", phase: "pending", progress: 0 } as const;
    expect(itemsOf(merged(pagesOf([running]), [again]))[0]?.progress).toBe(0);
  });

  it("keeps what an event does not carry", () => {
    const running = at("a", "2026-01-01T12:00:00Z", { inputs: { prompt: "sea" } });
    const [now] = itemsOf(changed(pagesOf([running]), { id: "a", progress: 0.5 }));
    expect(now).toMatchObject({ progress: 0.5, inputs: { prompt: "sea" } });
  });

  it("gives the same pages when it is about something else", () => {
    const pages = pagesOf([at("a", "2026-01-01T12:00:00Z")]);
    expect(changed(pages, { id: "elsewhere", progress: 1 })).toBe(pages);
  });

  it("is gone when it was deleted", () => {
    const pages = pagesOf([at("b", "2026-01-01T12:00:00Z")], [at("a", "2026-01-01T11:00:00Z")]);
    expect(ids(without(pages, "a"))).toEqual(["b"]);
  });
});
