import { describe, expect, it } from "vitest";
import { Problem, said } from "@/api/problem";

const body = {
  code: "invalid_input",
  detail: "The inputs are not valid: inputs: nothing is asked for; inputs.seed: too large.",
  problems: [
    { at: "inputs", message: "nothing is asked for" },
    { at: "inputs.seed", message: "too large." },
  ],
};

describe("a problem", () => {
  it("ties each fault to the field it is about", () => {
    expect([...Problem.of(422, body).faults.keys()]).toEqual(["inputs", "seed"]);
  });

  it("is told fault by fault", () => {
    expect(said(Problem.of(422, body))).toBe("Nothing is asked for. Too large.");
  });

  it("is told as a whole where no fault is named", () => {
    expect(said(Problem.of(402, { code: "over_budget", detail: "Too much." }))).toBe("Too much.");
  });

  it("is told even when a proxy answered with something else", () => {
    expect(said(Problem.of(502, "<html>"))).toBe("The server answered 502 and did not say why.");
  });
});
