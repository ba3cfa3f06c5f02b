import { expect, it, vi } from "vitest";
import { Loader } from "@/api/loader";

const missing = (id: string) => new Error(`no ${id}`);

it("asks once for all that is wanted within a moment, and once for each", async () => {
  const ask = vi.fn(async (ids: readonly string[]) => ids.map((id) => ({ id })));
  const loader = new Loader(ask, 2, missing);
  const all = await Promise.all(["a", "b", "a", "c"].map((id) => loader.load(id)));
  expect(all.map(({ id }) => id)).toEqual(["a", "b", "a", "c"]);
  expect(ask.mock.calls).toEqual([[["a", "b"]], [["c"]]]);
});

it("refuses what was not found, and nothing else", async () => {
  const loader = new Loader(async () => [{ id: "a" }], 9, missing);
  const [a, b] = await Promise.allSettled([loader.load("a"), loader.load("b")]);
  expect(a.status).toBe("fulfilled");
  expect(b).toMatchObject({ status: "rejected", reason: new Error("no b") });
});

it("refuses all of a request that failed", async () => {
  const loader = new Loader(async () => Promise.reject(new Error("down")), 9, missing);
  await expect(loader.load("a")).rejects.toThrow("down");
});
