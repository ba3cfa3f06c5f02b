import type { Board } from "@/api/client";

/** What can be done with a board. */
export function BoardMenu(_: { board: Board }) {
  return null;
}
