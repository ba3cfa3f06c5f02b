import type { ArtifactType, Generator } from "@/api/client";

/** Generators in which every word typed is found; those whose name begins with it come first. */
export function matching(
  generators: readonly Generator[],
  text: string,
  type: ArtifactType | null,
): Generator[] {
  const words = text
    .toLowerCase()
    .split(/[\s-]+/)
    .filter(Boolean);
  const rank = (one: Generator) =>
    words.some((word) => one.name.split("-").some((part) => part.startsWith(word))) ? 0 : 1;
  return generators
    .filter((one) => type === null || one.artifact_type === type)
    .filter((one) => {
      const said = [one.name, one.title, one.description, one.provider, one.artifact_type];
      const all = said.join(" ").toLowerCase();
      return words.every((word) => all.includes(word));
    })
    .toSorted((one, other) => rank(one) - rank(other));
}

export function typesOf(generators: readonly Generator[]): ArtifactType[] {
  return [...new Set(generators.map((one) => one.artifact_type))];
}

export function providersOf(generators: readonly Generator[]): string[] {
  return [...new Set(generators.map((one) => one.provider))].toSorted();
}

/** Those that are liked first, then those used lately, then the rest in their order. */
export function ranked(
  generators: readonly Generator[],
  liked: ReadonlySet<string>,
  lately: readonly string[],
): Generator[] {
  const rank = ({ name }: Generator) => {
    if (liked.has(name)) return -1000;
    const at = lately.indexOf(name);
    return at < 0 ? 0 : at - 500;
  };
  return generators.toSorted((one, other) => rank(one) - rank(other));
}
