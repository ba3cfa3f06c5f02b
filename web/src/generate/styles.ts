import { textsIn } from "@/kit/stored";

/** A look that is added to a prompt: `{prompt}` is where what was written goes. */
export interface Style {
  name: string;
  template: string;
}

export const STYLES: readonly Style[] = [
  { name: "Photograph", template: "{prompt}, photograph, natural light, 35 mm, fine grain" },
  {
    name: "Film still",
    template: "{prompt}, film still, anamorphic, soft key light, shallow focus",
  },
  {
    name: "Watercolour",
    template: "{prompt}, watercolour on rough paper, loose washes, white space",
  },
  { name: "Ink drawing", template: "{prompt}, ink line drawing, cross-hatching, on white" },
  { name: "Gouache", template: "{prompt}, gouache illustration, flat shapes, limited palette" },
  { name: "Clay model", template: "{prompt}, modelling clay, soft studio light, miniature" },
  { name: "Poster", template: "{prompt}, screen-printed poster, three colours, bold shapes" },
  { name: "Product shot", template: "{prompt}, product photograph, seamless background, soft box" },
];

const HERE = "{prompt}";

/** Put a prompt into a style; one that names no place has it before itself. */
export function styled(prompt: string, { template }: Style): string {
  const text = prompt.trim();
  if (!template.includes(HERE)) return [text, template].filter(Boolean).join(", ");
  // Not by `replace`, which would read `$&` in a prompt as an order.
  return template
    .split(HERE)
    .join(text)
    .replace(/^[\s,]+/, "");
}

/** Take a style off again, where a prompt still ends and begins with it. */
export function unstyled(prompt: string, styles: readonly Style[]): string {
  for (const { template } of styles) {
    const [before = "", after = ""] = template.split(HERE);
    if (after && prompt.startsWith(before) && prompt.endsWith(after)) {
      return prompt.slice(before.length, prompt.length - after.length);
    }
  }
  return prompt;
}

export function stylesIn(found: unknown): Style[] {
  return Array.isArray(found)
    ? found.filter(
        (one): one is Style => textsIn([one?.name, one?.template]).length === 2 && one.name !== "",
      )
    : [];
}
