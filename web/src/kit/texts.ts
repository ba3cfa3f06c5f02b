import type { Generation, Generator } from "@/api/client";

const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** A size in three digits: `1.24 MB`. */
export function sizeText(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : Number(value.toPrecision(3))} ${UNITS[unit]}`;
}

/** A length as players write it: `0:07`, `1:02:03`. */
export function durationText(seconds: number): string {
  const whole = Math.round(seconds);
  const pad = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  return hours ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
}

/** What a generation is called: by itself, by what was asked for, or by what made it. */
export function titleOf(generation: Generation, maker = nameOf(generation.generator)): string {
  const { inputs, output_metadata, content } = generation;
  for (const said of [
    generation.title,
    output_metadata.title,
    inputs.prompt,
    inputs.filename,
    content,
  ]) {
    if (typeof said === "string" && said.trim()) return said.trim().split("\n")[0] ?? "";
  }
  return maker;
}

export function generatorTitle({ title, name }: Pick<Generator, "title" | "name">): string {
  return title ?? nameOf(name);
}

/** `local-poster` → `Local poster`. */
export function nameOf(name: string): string {
  const words = name.replace(/[-_]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The seed that was used, whether it was asked for or drawn. */
export function seedOf({ inputs, output_metadata }: Generation): string | undefined {
  const seed = output_metadata.seed ?? inputs.seed;
  return typeof seed === "number" || typeof seed === "string" ? String(seed) : undefined;
}

/** The shape to be expected of a result: width to height, from what was asked for. */
export function expectedRatio({ inputs, file }: Generation): number {
  if (file?.width && file.height) return file.width / file.height;
  const { width, height, aspect_ratio } = inputs;
  if (typeof width === "number" && typeof height === "number") return width / height;
  const ratio = /^(\d+):(\d+)$/.exec(typeof aspect_ratio === "string" ? aspect_ratio : "");
  return ratio ? Number(ratio[1]) / Number(ratio[2]) : 1;
}

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

/** How long ago something was, in the largest whole unit: `3 hours ago`, `just now`. */
export function agoText(iso: string, now = Date.now()): string {
  const seconds = Math.max(0, (now - Date.parse(iso)) / 1000);
  if (seconds > 30 * 86_400) {
    return new Intl.DateTimeFormat(undefined, { dateStyle: "medium" }).format(new Date(iso));
  }
  const step = STEPS.find(([, length]) => seconds >= length);
  if (!step) return "just now";
  const [unit, length] = step;
  return new Intl.RelativeTimeFormat(undefined).format(-Math.floor(seconds / length), unit);
}
