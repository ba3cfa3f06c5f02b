import { describe, expect, it } from "vitest";
import { changed, inserted, newer, without } from "@/api/merge";
import { generationOf } from "@/testing";

describe("what is new", () => {
  it("comes first when it is the newest", () => {
    expect(inserted(["b", "a"], "c")).toEqual(["c", "b", "a"]);
  });

  it("goes where its age belongs", () => {
    expect(inserted(["d", "b"], "c")).toEqual(["d", "c", "b"]);
    expect(inserted(["d", "b"], "a")).toEqual(["d", "b", "a"]);
  });

  it("is shown once, however often it comes", () => {
    const ids = ["c", "b"];
    expect(inserted(ids, "b")).toBe(ids);
  });
});

describe("what has changed", () => {
  const running = generationOf({ id: "a", phase: "submitted", progress: 0.6 });

  it("never brings an ended generation back", () => {
    const ended = generationOf({ id: "a", status: "completed", phase: "completed" });
    const late = { ...ended, status: "processing", phase: "storing", progress: 0.9 } as const;
    expect(newer(ended, late).status).toBe("completed");
  });

  it("never runs a bar back within a phase", () => {
    const now = newer(running, { ...running, progress: 0.2, message: "late" });
    expect(now.progress).toBe(0.6);
    expect(now.message).toBe("late");
  });

  it("may begin again in another phase, as after a provider was busy", () => {
    const again = { ...running, status: "pending", phase: "pending", progress: 0 } as const;
    expect(newer(running, again).progress).toBe(0);
  });

  it("keeps what an event does not carry", () => {
    const known = generationOf({ id: "a", inputs: { prompt: "sea" } });
    const now = changed(known, { id: "a", progress: 0.5 });
    expect(now).toMatchObject({ progress: 0.5, inputs: { prompt: "sea" } });
  });
});

describe("what is gone", () => {
  it("leaves the others in their order", () => {
    expect(without(["c", "b", "a"], new Set(["b"]))).toEqual(["c", "a"]);
  });

  it("leaves a list without it as it is", () => {
    const ids = ["c", "b"];
    expect(without(ids, new Set(["z"]))).toBe(ids);
  });
});
