import { expect, test } from "vitest";
import type { GeneratorInputs, TypedRequest } from "@/api/generators";

// What is wrong here is wrong to the compiler, which `python -m tools.web check` asks.
const right: TypedRequest[] = [
  { generator: "local-poster", inputs: { prompt: "Night train to the sea" } },
  { generator: "fal-flux-2", inputs: { prompt: "A boat", num_images: 2, seed: null } },
];
const wrong: TypedRequest[] = [
  // @ts-expect-error a text is no number
  { generator: "fal-flux-2", inputs: { prompt: "A boat", num_images: "2" } },
  // @ts-expect-error there is no such input
  { generator: "fal-flux-2", inputs: { prompt: "A boat", num_imagez: 2 } },
  // @ts-expect-error the prompt is missing
  { generator: "fal-flux-2", inputs: {} },
  // @ts-expect-error there is no such choice
  { generator: "local-upscale", inputs: { image_source: "id", factor: 5 } },
];

test("the inputs of each generator have their types", () => {
  const named: (keyof GeneratorInputs)[] = [...right, ...wrong].map((one) => one.generator);
  expect(new Set(named)).toEqual(new Set(["local-poster", "fal-flux-2", "local-upscale"]));
});
