/** The order in which things were last used, newest first, each once. */
export function usedNow(before: readonly string[], now: string, most: number): string[] {
  return [now, ...before.filter((one) => one !== now)].slice(0, most);
}

/**
 * Walks over earlier prompts, as a shell does: back to older ones, forth to newer ones, and at the
 * end to what was being written.
 */
export interface Walk {
  /** -1 is what is being written. */
  at: number;
  written: string;
}

export function walked(
  walk: Walk,
  by: 1 | -1,
  history: readonly string[],
  shown: string,
): { walk: Walk; text: string } | null {
  const at = walk.at + by;
  if (at < -1 || at >= history.length) return null;
  const written = walk.at === -1 ? shown : walk.written;
  return { walk: { at, written }, text: at === -1 ? written : (history[at] ?? "") };
}
