/** Something the palette leads to. */
export interface Command {
  id: string;
  kind: "Go to" | "Do" | "Board" | "Generator";
  title: string;
  hint?: string;
  act: () => void;
}

/** Commands in which every word typed begins some word; titles that begin with it come first. */
export function findCommands(
  commands: readonly Command[],
  text: string,
  recent: readonly string[],
  most = 40,
): Command[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) {
    const byId = new Map(commands.map((one) => [one.id, one]));
    const before = recent.map((id) => byId.get(id)).filter((one) => one !== undefined);
    const rest = commands.filter(({ id, kind }) => kind !== "Generator" && !recent.includes(id));
    return [...before, ...rest].slice(0, most);
  }
  const [first = ""] = words;
  const rank = ({ title }: Command) => {
    const said = title.toLowerCase();
    return said.startsWith(first) ? 0 : said.includes(first) ? 1 : 2;
  };
  return commands
    .filter(({ title, hint, kind }) => {
      const parts = `${title} ${hint ?? ""} ${kind}`.toLowerCase().split(/[\s\-_/.·]+/);
      return words.every((word) => parts.some((part) => part.startsWith(word)));
    })
    .toSorted((one, other) => rank(one) - rank(other))
    .slice(0, most);
}
