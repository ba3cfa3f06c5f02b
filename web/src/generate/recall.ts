import type { Generation } from "@/api/client";
import { allFields, type Group, type Json, recalled, type Values } from "@/generate/form";

/** What of an earlier run is taken over. */
export type Recall = "all" | "remix" | "prompt" | "seed";

const PROMPTS = ["prompt", "text"];

/**
 * The values of a form with what is recalled of a run: all of it, all but its seed, or its prompt
 * or seed alone, which go into whatever form is being filled in. Null where there is no place for it.
 */
export function recall(
  how: Recall,
  { inputs, output_metadata }: Pick<Generation, "inputs" | "output_metadata">,
  form: readonly Group[],
  values: Values,
): Values | null {
  const names = new Set(allFields(form).map(({ name }) => name));
  const seed = (output_metadata.seed ?? inputs.seed) as Json | undefined;
  switch (how) {
    case "all": {
      const all = recalled(form, inputs);
      // The seed that was drawn makes the same thing again.
      return names.has("seed") && typeof seed === "number" ? { ...all, seed } : all;
    }
    case "remix": {
      const { seed: _, ...rest } = recalled(form, inputs);
      return rest;
    }
    case "prompt": {
      const said = PROMPTS.map((name) => inputs[name]).find((one) => typeof one === "string");
      const place = PROMPTS.find((name) => names.has(name));
      return said && place ? { ...values, [place]: said as string } : null;
    }
    case "seed":
      return names.has("seed") && typeof seed === "number" ? { ...values, seed } : null;
  }
}
