import type { Generation } from "@/api/client";

interface Props {
  generation: Generation;
  onMade: (id: string) => void;
}

/** Runs something anew, with what was made from it, under one estimate. */
export function Rerun(_: Props) {
  return null;
}
