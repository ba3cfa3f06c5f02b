import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { type Deed, doToMany, favouritesQuery } from "@/boards/curation";
import { useStudio } from "@/studio";

type Ids = readonly string[];

/** What can be done with several things on a board at once; each can be taken back. */
export interface Bulk {
  remove: (ids: Ids) => void;
  /** Mark all of them, or unmark them where all are marked. */
  favour: (ids: Ids) => void;
  tag: (ids: Ids, tagId: string, name: string) => void;
  move: (ids: Ids, boardId: string, title: string) => void;
  copy: (ids: Ids, boardId: string, title: string) => void;
}

const things = (count: number) => (count === 1 ? "One thing" : `${count.toLocaleString()} things`);

/** For what is on a board; by default the one that is shown. */
export function useBulk(from?: string): Bulk {
  const queries = useQueryClient();
  const { board } = useStudio();
  const boardId = from ?? board?.id ?? "";
  return useMemo(() => {
    const act = (deed: Deed, said: (count: number) => string) =>
      void doToMany(queries, boardId, deed, said);
    return {
      remove: (ids) => act({ action: "delete", ids }, (n) => `${things(n)} deleted`),
      favour: (ids) => {
        const marked = queries.getQueryData(favouritesQuery.queryKey);
        const areAll = ids.every((id) => marked?.has(id));
        act({ action: areAll ? "unfavourite" : "favourite", ids }, (n) =>
          areAll ? `${things(n)} no favourite any more` : `${things(n)} among your favourites`,
        );
      },
      tag: (ids, tag_id, name) =>
        act({ action: "tag", ids, tag_id }, (n) => `${things(n)} tagged ${name}`),
      move: (ids, to, title) =>
        act({ action: "move", ids, board_id: to }, (n) => `${things(n)} moved to ${title}`),
      copy: (ids, to, title) =>
        act({ action: "copy", ids, board_id: to }, (n) => `${things(n)} copied to ${title}`),
    };
  }, [queries, boardId]);
}
