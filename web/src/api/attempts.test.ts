import { expect, it } from "vitest";
import { attemptFor } from "@/api/attempts";
import { Problem, Unreachable } from "@/api/problem";

const request = (name: string) => ({ generator: name, inputs: {}, takes: 1 });

it("repeats a submit under the same key when its answer was lost", async () => {
  const first = attemptFor(request("lost"));
  await expect(first.settle(Promise.reject(new Unreachable()))).rejects.toThrow(Unreachable);
  expect(attemptFor(request("lost")).key).toBe(first.key);
});

it("repeats it under the same key, too, when the server broke off", async () => {
  const first = attemptFor(request("broken"));
  const broken = Promise.reject(new Problem(502, "provider_broken", "It broke."));
  await expect(first.settle(broken)).rejects.toThrow(Problem);
  expect(attemptFor(request("broken")).key).toBe(first.key);
});

it("takes a new key after an answer, so that the same may be made once more", async () => {
  const first = attemptFor(request("done"));
  await first.settle(Promise.resolve("an answer"));
  expect(attemptFor(request("done")).key).not.toBe(first.key);
});

it("takes a new key after a refusal, which began nothing", async () => {
  const first = attemptFor(request("refused"));
  const refused = Promise.reject(new Problem(402, "over_budget", "Too much."));
  await expect(first.settle(refused)).rejects.toThrow(Problem);
  expect(attemptFor(request("refused")).key).not.toBe(first.key);
});

it("never shares a key between different requests", () => {
  expect(attemptFor(request("one")).key).not.toBe(attemptFor(request("other")).key);
});
