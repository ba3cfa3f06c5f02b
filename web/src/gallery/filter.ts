import type { ArtifactType, Generation } from "@/api/client";

/** What a board is narrowed to. Nothing in it is everything. */
export interface Filter {
  text?: string;
  type?: ArtifactType;
  status?: Generation["status"];
  generator?: string;
  tag?: string;
  favourite?: true;
  /** Made on this day or later, as `2026-01-31`. */
  since?: string;
  until?: string;
}

export const EVERYTHING: Filter = {};

const TYPES: readonly string[] = ["image", "video", "audio", "text", "lora", "model"];
const STATUSES: readonly string[] = ["pending", "processing", "completed", "failed", "cancelled"];
const DAY = /^\d{4}-\d{2}-\d{2}$/;

export function isEverything(filter: Filter): boolean {
  return Object.keys(filter).length === 0;
}

/** Without what is empty, so that equal filters look equal. */
export function cleaned(filter: { [key in keyof Filter]: Filter[key] | undefined | "" }): Filter {
  const some = Object.entries(filter).filter(([, value]) => value);
  return some.length ? (Object.fromEntries(some) as Filter) : EVERYTHING;
}

/** A filter as it stands in the address; null for everything. */
export function filterText(filter: Filter): string | null {
  return isEverything(filter)
    ? null
    : new URLSearchParams(Object.entries(filter).map(asText)).toString();
}

function asText([key, value]: [string, string | true]): [string, string] {
  return [key, value === true ? "yes" : value];
}

/** Read a filter from an address that anybody may have written. */
export function filterOf(text: string | null): Filter {
  if (!text) return EVERYTHING;
  const said = new URLSearchParams(text);
  const one = (key: string, fits: (value: string) => boolean) => {
    const value = said.get(key) ?? "";
    return fits(value) ? value : "";
  };
  const any = (value: string) => value.length <= 200;
  return cleaned({
    text: one("text", any),
    type: one("type", (value) => TYPES.includes(value)) as ArtifactType | "",
    status: one("status", (value) => STATUSES.includes(value)) as Generation["status"] | "",
    generator: one("generator", any),
    tag: one("tag", any),
    favourite: said.get("favourite") === "yes" || undefined,
    since: one("since", (value) => DAY.test(value)),
    until: one("until", (value) => DAY.test(value)),
  });
}
