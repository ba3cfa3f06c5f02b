import { describe, expect, it } from "vitest";
import type { JobTake, StoryJob, Take } from "@/story/stories";
import { keysOf, pendingOf } from "@/story/takes";
import { endOf, watchedOf, withJob, withoutJobs } from "@/story/watch";
import { costOf } from "@/testing";

const jobOf = (part: Partial<StoryJob> = {}): StoryJob => ({
  job_id: "j",
  kind: "takes",
  state: "running",
  partial: false,
  needs_attention: false,
  cost_estimate: costOf("0"),
  cost_actual: costOf("0"),
  eta: null,
  progress: { done: 1, total: 4, fraction: 0.25 },
  line: "1 of 4 done",
  takes: [],
  items: [],
  created_at: "2026-01-01T12:00:00Z",
  ...part,
});

describe("what this browser keeps", () => {
  it("is the jobs to look for and how one looks at the story, whatever else is found", () => {
    const found = { jobs: ["a", "a", 3, "b"], slot: "card:2", takes: 6, picks: ["01-1.png"] };
    expect(watchedOf(found)).toEqual({ jobs: ["a", "b"], slot: "card:2", takes: 6 });
    expect(watchedOf({ jobs: "a", slot: "card:x", takes: 0.5 })).toEqual(watchedOf(null));
  });

  it("names a job once, and no longer when it is over", () => {
    const one = withJob(watchedOf(null), "a");
    expect(withJob(one, "a")).toBe(one);
    expect(withoutJobs(withJob(one, "b"), ["a"]).jobs).toEqual(["b"]);
  });
});

describe("what has become of a job", () => {
  it("is open while nothing was heard and while it runs", () => {
    expect(endOf("j", undefined, false)).toBeNull();
    expect(endOf("j", jobOf(), false)).toBeNull();
    expect(endOf("j", jobOf({ state: "queued" }), true)).toBeNull();
  });

  it("is for the takes to tell where the server has forgotten it", () => {
    expect(endOf("j", "forgotten", false)).toMatchObject({
      text: "A generation ended while you were away. What came of it is among the takes.",
      tone: "plain",
    });
  });

  it("says that it ended while nobody looked, only where nobody did", () => {
    const done = jobOf({ state: "done", line: "4 of 4 done" });
    expect(endOf("j", done, false)?.text).toBe("Ended while you were away: 4 of 4 done");
    expect(endOf("j", done, true)?.text).toBe("4 of 4 done");
  });

  it("is trouble where a take of it gave nothing", () => {
    expect(endOf("j", jobOf({ state: "failed" }), true)?.tone).toBe("trouble");
    expect(endOf("j", jobOf({ state: "done", partial: true }), true)?.tone).toBe("trouble");
  });
});

describe("takes", () => {
  const takeOf = (number: number): Take => ({
    file: `01-${number}.png`,
    url: `/takes/01-${number}.png`,
    slot: "card",
    card_id: 1,
    number,
    round: 1,
    kind: "image",
    theme: "poster",
    prompt: null,
    generator: null,
    generation_id: null,
    picked: false,
    size: 1,
    created_at: "2026-01-01T12:00:00Z",
  });
  const comingOf = (number: number, status: JobTake["status"], card_id = 1): JobTake => ({
    file: null,
    url: null,
    slot: "card",
    card: card_id,
    card_id,
    number,
    status,
    cached: false,
    generation_id: null,
    error: null,
  });

  it("are picked by the keys 1 to 9; of more than nine by the last nine", () => {
    expect([...keysOf([takeOf(1), takeOf(2)])]).toEqual([
      ["1", "01-1.png"],
      ["2", "01-2.png"],
    ]);
    const many = keysOf(Array.from({ length: 12 }, (_, at) => takeOf(at + 1)));
    expect(many.size).toBe(9);
    expect(many.get("1")).toBe("01-4.png");
    expect(many.get("9")).toBe("01-12.png");
  });

  it("under way and failed stand beside those that are there, each once", () => {
    const jobs = [
      jobOf({ takes: [comingOf(1, "completed"), comingOf(2, "failed")] }),
      jobOf({
        takes: [comingOf(3, "pending"), comingOf(3, "processing"), comingOf(1, "pending", 2)],
      }),
    ];
    const shown = pendingOf(jobs, [takeOf(1)], "card:1");
    expect(shown.map(({ number, status }) => [number, status])).toEqual([
      [2, "failed"],
      [3, "processing"],
    ]);
  });
});
