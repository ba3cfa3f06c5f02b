import { describe, expect, it } from "vitest";
import { formOf } from "@/generate/form";
import { recall } from "@/generate/recall";

const form = formOf({
  properties: {
    prompt: { type: "string" },
    seed: { type: "integer" },
    size: { type: "integer" },
  },
});
const run = { inputs: { prompt: "Sea", size: 256 }, output_metadata: { seed: 7 } };

describe("recalling", () => {
  it("all takes the seed that was drawn along", () => {
    expect(recall("all", run, form, {})).toEqual({ prompt: "Sea", size: 256, seed: 7 });
  });

  it("to remix leaves the seed to chance, even one that was asked for", () => {
    const asked = { ...run, inputs: { ...run.inputs, seed: 3 } };
    expect(recall("remix", asked, form, {})).toEqual({ prompt: "Sea", size: 256 });
  });

  it("the prompt or the seed alone leaves the rest of the form as it is", () => {
    const values = { prompt: "Hill", size: 64 };
    expect(recall("prompt", run, form, values)).toEqual({ prompt: "Sea", size: 64 });
    expect(recall("seed", run, form, values)).toEqual({ prompt: "Hill", size: 64, seed: 7 });
  });

  it("goes into the text of a form that has no prompt, and nowhere where there is neither", () => {
    const speech = formOf({ properties: { text: { type: "string" } } });
    expect(recall("prompt", run, speech, {})).toEqual({ text: "Sea" });
    expect(recall("prompt", run, formOf({ properties: {} }), {})).toBeNull();
    expect(recall("seed", run, speech, {})).toBeNull();
  });
});
