import { useCallback, useEffect, useState } from "react";
import type { Json, Values } from "@/generate/form";

/** What somebody is filling in: the chosen generator, and the values entered for each. */
export interface Drafts {
  generator: string | null;
  takes: number;
  values: Readonly<Record<string, Values>>;
}

const STORED = "boards.drafts";
const NONE: Drafts = { generator: null, takes: 1, values: {} };
const NO_VALUES: Values = {};

export interface DraftsInHand {
  drafts: Drafts;
  valuesOf: (generator: string) => Values;
  choose: (generator: string, values?: Values) => void;
  set: (generator: string, name: string, value: Json | undefined) => void;
  setTakes: (takes: number) => void;
}

/** Keep what is being filled in over reloads. It stays in this browser. */
export function useDrafts(): DraftsInHand {
  const [drafts, setDrafts] = useState(stored);
  useEffect(() => {
    const timer = setTimeout(() => store(drafts), 200);
    return () => clearTimeout(timer);
  }, [drafts]);
  const choose = useCallback((generator: string, values?: Values) => {
    setDrafts((now) => ({
      ...now,
      generator,
      values: values ? { ...now.values, [generator]: values } : carried(now, generator),
    }));
  }, []);
  const set = useCallback((generator: string, name: string, value: Json | undefined) => {
    setDrafts((now) => ({
      ...now,
      values: { ...now.values, [generator]: { ...now.values[generator], [name]: value } },
    }));
  }, []);
  const setTakes = useCallback((takes: number) => setDrafts((now) => ({ ...now, takes })), []);
  return {
    drafts,
    valuesOf: (generator) => drafts.values[generator] ?? NO_VALUES,
    choose,
    set,
    setTakes,
  };
}

/** A prompt goes along to the next generator that has none yet. */
export function carried(drafts: Drafts, next: string): Drafts["values"] {
  const prompt = drafts.generator ? drafts.values[drafts.generator]?.prompt : undefined;
  if (!prompt || drafts.values[next]?.prompt) return drafts.values;
  return { ...drafts.values, [next]: { ...drafts.values[next], prompt } };
}

function stored(): Drafts {
  try {
    const found = JSON.parse(localStorage.getItem(STORED) ?? "null") as Partial<Drafts> | null;
    return found ? { ...NONE, ...found } : NONE;
  } catch {
    return NONE;
  }
}

function store(drafts: Drafts): void {
  try {
    localStorage.setItem(STORED, JSON.stringify(drafts));
  } catch {
    // Storage is full or switched off: the draft lasts as long as the page.
  }
}
