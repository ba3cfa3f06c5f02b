import { describe, expect, it } from "vitest";
import {
  allFields,
  filled,
  formOf,
  inWords,
  recalled,
  slotFor,
  type Values,
  withArtifact,
} from "@/generate/form";

const image = { type: "string", format: "uuid", "x-artifact": "image", "x-widget": "slot" };
const schema = {
  type: "object",
  required: ["prompt", "image_source"],
  properties: {
    seed: { title: "Seed", type: "integer", minimum: 0, "x-order": 5, "x-widget": "seed" },
    prompt: {
      title: "Prompt",
      type: "string",
      minLength: 1,
      maxLength: 10,
      "x-order": 1,
      "x-group": "Main",
      "x-widget": "textarea",
    },
    image_source: { ...image, title: "Image", "x-order": 0, "x-group": "Sources" },
    references: {
      title: "References",
      type: "array",
      items: image,
      maxItems: 2,
      "x-artifact": ["image", "video"],
      "x-order": 2,
      "x-group": "Sources",
      "x-widget": "slots",
    },
    strength: {
      title: "Strength",
      type: "number",
      exclusiveMinimum: 0,
      maximum: 1,
      default: 0.5,
      "x-order": 4,
      "x-group": "Tuning",
      "x-widget": "slider",
    },
    crop: {
      title: "Crop",
      type: "object",
      required: ["x"],
      properties: {
        x: { title: "Left", type: "number", minimum: 0, "x-order": 0, "x-widget": "number" },
      },
      "x-order": 6,
      "x-widget": "group",
    },
    size: {
      title: "Size",
      enum: ["small", "large"],
      default: "small",
      "x-order": 3,
      "x-group": "Tuning",
      "x-widget": "select",
    },
  },
};
const form = formOf(schema);
const complete: Values = { prompt: "sea", image_source: "one" };

describe("a form", () => {
  it("shows sources and essentials first, then its own groups, each in its own order", () => {
    expect(form.map(({ name, fields }) => [name, fields.map((field) => field.name)])).toEqual([
      ["Sources", ["image_source", "references"]],
      ["Main", ["prompt"]],
      ["Tuning", ["size", "strength"]],
      ["Options", ["seed", "crop"]],
    ]);
  });

  it("knows what a slot takes, whether one type or several are named", () => {
    const [one, many] = form[0]?.fields ?? [];
    expect(one?.takes).toEqual(["image"]);
    expect(many?.takes).toEqual(["image", "video"]);
  });

  it("counts in whole numbers for integers only", () => {
    const steps = new Map(allFields(form).map((field) => [field.name, field.step]));
    expect(steps.get("seed")).toBe(1);
    expect(steps.get("strength")).toBe("any");
  });
});

describe("inputs", () => {
  it("hold only what was given, so that defaults stay the server's", () => {
    expect(filled(form, complete)).toEqual({ inputs: complete, faults: new Map() });
  });

  it("leave out what was emptied again", () => {
    expect(filled(form, { ...complete, seed: undefined, references: [] }).inputs).toEqual(complete);
  });

  it("keep a zero and a false, which are values", () => {
    expect(filled(form, { ...complete, seed: 0 }).inputs).toMatchObject({ seed: 0 });
  });

  it("say what is missing, a blank prompt too", () => {
    const { faults } = filled(form, { prompt: "   " });
    expect([...faults]).toEqual([
      ["image_source", "Image: choose one"],
      ["prompt", "Prompt is missing"],
    ]);
  });

  it("say what is out of bounds", () => {
    const { faults } = filled(form, { ...complete, prompt: "much too long", seed: -1 });
    expect(faults.get("prompt")).toBe("Prompt: at most 10 characters, these are 13");
    expect(faults.get("seed")).toBe("Seed: at least 0");
  });

  it("leave out an optional group of which nothing is filled in", () => {
    expect(filled(form, { ...complete, crop: {} })).toEqual({
      inputs: complete,
      faults: new Map(),
    });
  });

  it("name a fault inside a group by its whole path", () => {
    const { faults } = filled(form, { ...complete, crop: { x: -1 } });
    expect(faults.get("crop.x")).toBe("Left: at least 0");
  });
});

describe("an artifact", () => {
  const [one, many] = form[0]?.fields ?? [];
  if (!one || !many) throw new Error("The form has no slots.");

  it("goes to the first empty slot that takes it", () => {
    expect(slotFor(form, {}, "image")?.name).toBe("image_source");
    expect(slotFor(form, { image_source: "one" }, "image")?.name).toBe("references");
    expect(slotFor(form, {}, "video")?.name).toBe("references");
    expect(slotFor(form, {}, "audio")).toBeUndefined();
  });

  it("takes the place of another in a slot for one", () => {
    expect(withArtifact(one, "one", "two")).toBe("two");
  });

  it("joins the others where several fit, the oldest giving way when there is no room", () => {
    expect(withArtifact(many, ["one"], "two")).toEqual(["one", "two"]);
    expect(withArtifact(many, ["one", "two"], "three")).toEqual(["two", "three"]);
  });
});

describe("an earlier run", () => {
  it("is taken over as far as the form still has its inputs", () => {
    expect(recalled(form, { prompt: "sea", seed: 7, gone: 1, strength: null })).toEqual({
      prompt: "sea",
      seed: 7,
    });
  });
});

describe("a closed section", () => {
  const [size, strength] = form[2]?.fields ?? [];
  if (!size || !strength) throw new Error("The form has no such section.");

  it("says what was set, and of what was not only the shape", () => {
    expect(inWords(size, undefined)).toBeUndefined();
    expect(inWords({ ...size, otherwise: "4:5" }, undefined)).toBe("4:5");
    expect(inWords(size, "large")).toBe("large");
    expect(inWords(strength, 0.7)).toBe("strength 0.7");
  });
});
