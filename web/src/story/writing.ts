import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { said } from "@/api/problem";
import { useStable } from "@/kit/hooks";
import { useStored } from "@/kit/stored";
import { toast } from "@/kit/toasts";
import { inTurn, isStale, put, type Story, storyQuery } from "@/story/stories";
import { boardOf } from "@/story/storyboard";
import { wordsKey } from "@/story/watch";
import {
  applied,
  clashes,
  decided,
  type Spot,
  textAt,
  typed,
  unsaved,
  type Words,
  wordsOf,
} from "@/story/words";

const PAUSE_MS = 1200;

export interface Writing {
  valueOf: (spot: Spot) => string;
  write: (spot: Spot, text: string) => void;
  /** Save at once, as when a field is left. */
  save: () => void;
  state: "saved" | "unsaved" | "saving";
  /** Why the last save was refused, in the server's words. */
  trouble: string | null;
  /** The file as it was found when a save met another revision of it and other words. */
  newest: Story | null;
  /** Look at that file; what was typed stays. */
  reload: () => void;
  /** Where somebody else has written something else. */
  clashing: readonly string[];
  typedAt: (spot: string) => string;
  decide: (spot: string, way: "mine" | "theirs") => void;
}

/** What is typed into a story: saved after a pause, kept in this browser until it is, and never
 * put over what somebody else has written. */
export function useWriting(story: Story): Writing {
  const { slug } = story;
  const queries = useQueryClient();
  const [words, setWords] = useStored(wordsKey(slug), wordsOf);
  const [isSaving, setSaving] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [newest, setNewest] = useState<Story | null>(null);
  const board = boardOf(story);
  const clashing = clashes(board, words);
  const isEmpty = Object.keys(words).length === 0;
  const isStuck = newest !== null || clashing.length > 0;

  const save = useStable(async () => {
    if (isEmpty || isStuck || isSaving) return;
    setSaving(true);
    setTrouble(null);
    try {
      const kept = await inTurn(slug, () => saved(words));
      if (kept) {
        queries.setQueryData(storyQuery(slug).queryKey, kept);
        setWords((now) => unsaved(now, words));
      }
    } catch (error) {
      setTrouble(said(error));
    } finally {
      setSaving(false);
    }
  });

  /** Save on the newest file where nobody else touched these words; null where somebody did. */
  const saved = async (sent: Words): Promise<Story | null> => {
    const { queryKey } = storyQuery(slug);
    const now = queries.getQueryData(queryKey) ?? story;
    try {
      return await put(slug, now.revision, applied(boardOf(now), sent));
    } catch (error) {
      if (!isStale(error)) throw error;
    }
    const found = await queries.fetchQuery({
      ...storyQuery(slug),
      queryKey: [...queryKey, "newest"],
      staleTime: 0,
    });
    if (clashes(boardOf(found), sent).length > 0) {
      setNewest(found);
      return null;
    }
    const kept = await put(slug, found.revision, applied(boardOf(found), sent));
    toast("This story was also changed elsewhere. Both changes are kept.");
    return kept;
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: each word begins the pause anew
  useEffect(() => {
    if (isEmpty || isStuck || isSaving || trouble) return;
    const timer = setTimeout(() => void save(), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [words, isEmpty, isStuck, isSaving, trouble, save]);

  return {
    valueOf: (spot) => words[spot]?.now ?? textAt(board, spot) ?? "",
    write: (spot, text) => {
      setTrouble(null);
      setWords((now) => typed(now, board, spot, text));
    },
    save: () => void save(),
    state: isSaving ? "saving" : isEmpty ? "saved" : "unsaved",
    trouble,
    newest,
    reload: () => {
      if (newest) queries.setQueryData(storyQuery(slug).queryKey, newest);
      setNewest(null);
    },
    clashing,
    typedAt: (spot) => words[spot]?.now ?? "",
    decide: (spot, way) => setWords((now) => decided(now, board, spot, way)),
  };
}
