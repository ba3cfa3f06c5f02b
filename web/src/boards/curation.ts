import { type QueryClient, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { asked, type Board, client } from "@/api/client";
import { boardsQuery, forget, generationQuery } from "@/api/queries";
import type { components } from "@/api/schema";
import { complain, toast } from "@/kit/toasts";

type Schemas = components["schemas"];
export type Action = Schemas["BulkAction"];
export type BoardRole = Schemas["BoardRole"];
export type Note = Schemas["Note"];
export type Tag = Schemas["Tag"];
type Changed = Schemas["Changed"];

/** The server takes so many at once. */
const MOST = 500;

export const tagsQuery = queryOptions({
  queryKey: ["tags"],
  queryFn: async ({ signal }) => (await asked(client.GET("/api/v1/tags", { signal }))).items,
  staleTime: 30_000,
});

const MOST_FAVOURITES = 2000;

/** The ids of one's favourites, as a set. */
export const favouritesQuery = queryOptions({
  queryKey: ["favourites"],
  queryFn: async ({ signal }) => {
    const ids = new Set<string>();
    let cursor: string | null | undefined;
    do {
      const query = { limit: 200, ...(cursor ? { cursor } : {}) };
      const page = await asked(client.GET("/api/v1/favourites", { params: { query }, signal }));
      for (const { id } of page.items) ids.add(id);
      cursor = page.next;
    } while (cursor && ids.size < MOST_FAVOURITES);
    return ids as ReadonlySet<string>;
  },
  staleTime: 60_000,
});

export const notesQuery = (id: string) =>
  queryOptions({
    queryKey: ["notes", id],
    queryFn: async ({ signal }) => {
      const params = { path: { generation_id: id } };
      const answer = await asked(
        client.GET("/api/v1/generations/{generation_id}/notes", { params, signal }),
      );
      return answer.items;
    },
  });

export const tagsOfQuery = (id: string) =>
  queryOptions({
    queryKey: ["tags of", id],
    queryFn: async ({ signal }) => {
      const params = { path: { generation_id: id } };
      const answer = await asked(
        client.GET("/api/v1/generations/{generation_id}/tags", { params, signal }),
      );
      return answer.items;
    },
  });

export interface Deed {
  action: Action;
  ids: readonly string[];
  tag_id?: string;
  board_id?: string;
}

/** Do one thing to many, and offer to take it back. `from` is the board that they are on. */
export async function doToMany(
  queries: QueryClient,
  from: string,
  { ids, ...deed }: Deed,
  said: (count: number) => string,
): Promise<void> {
  const results: Changed[] = [];
  try {
    for (let at = 0; at < ids.length; at += MOST) {
      const body = { ...deed, ids: ids.slice(at, at + MOST) };
      results.push(await asked(client.POST("/api/v1/generations/bulk", { body })));
    }
  } catch (error) {
    complain(error);
  }
  const items = results.flatMap((one) => one.items);
  const done = items.filter(({ outcome }) => outcome === "done").map(({ id }) => id);
  const refused = items.filter(({ outcome }) => outcome === "refused");
  if (deed.action === "delete" || deed.action === "move") forget(queries, from, done);
  refresh(queries, done);
  const undos = results.flatMap(({ undo }) => (undo ? [undo.id] : []));
  if (done.length) {
    toast(said(done.length), {
      ...(undos.length
        ? { action: { label: "Undo", act: () => void takeBack(queries, undos, done) } }
        : {}),
    });
  }
  const [first] = refused;
  if (first?.error) {
    const others = refused.length > 1 ? ` (and ${refused.length - 1} others)` : "";
    toast(`${first.error.message}${others}`, { tone: "trouble" });
  }
}

async function takeBack(
  queries: QueryClient,
  undos: readonly string[],
  ids: readonly string[],
): Promise<void> {
  try {
    for (const undo_id of undos.toReversed()) {
      await asked(client.POST("/api/v1/undo/{undo_id}", { params: { path: { undo_id } } }));
    }
    toast("Taken back");
  } catch (error) {
    complain(error);
  }
  refresh(queries, ids);
  void queries.invalidateQueries({ queryKey: ["ids"] });
}

/** Look anew at what may show another tag, mark or board now. */
function refresh(queries: QueryClient, ids: readonly string[]): void {
  for (const key of ["favourites", "tags", "tags of", "covers", "boards"]) {
    void queries.invalidateQueries({ queryKey: [key] });
  }
  for (const id of ids.slice(0, 200)) {
    void queries.invalidateQueries({ queryKey: generationQuery(id).queryKey });
  }
  // Lists that are narrowed to a tag or to favourites hold others now.
  void queries.invalidateQueries({
    queryKey: ["ids"],
    predicate: ({ queryKey }) => Object.keys(queryKey[2] ?? {}).length > 0,
  });
}

export function useMakeTag() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (name: string) =>
      asked(client.POST("/api/v1/tags", { body: { name, metadata: {} } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: tagsQuery.queryKey }),
  });
}

export function useAddNote(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (text: string) => {
      const params = { path: { generation_id: id } };
      return asked(
        client.POST("/api/v1/generations/{generation_id}/notes", { params, body: { text } }),
      );
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: notesQuery(id).queryKey }),
  });
}

export function useDeleteNote(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (note_id: string) =>
      asked(client.DELETE("/api/v1/notes/{note_id}", { params: { path: { note_id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: notesQuery(id).queryKey }),
  });
}

export type BoardChange = Partial<
  Pick<Board, "title" | "description" | "is_public" | "share_recipes" | "cover_id">
>;

export function useChangeBoard() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...body }: { id: string } & BoardChange) =>
      asked(
        client.PATCH("/api/v1/boards/{board_id}", {
          params: { path: { board_id: id } },
          // What is left out stays; the types say that all of it is sent.
          body: body as Schemas["BoardChange"],
        }),
      ),
    onSuccess: (board) => {
      queries.setQueryData<Board[]>(boardsQuery.queryKey, (all) =>
        all?.map((one) => (one.id === board.id ? board : one)),
      );
      void queries.invalidateQueries({ queryKey: ["covers", board.id] });
    },
  });
}

/** Put a board into the trash, from where it can be had back at once or for 30 days. */
export function useDeleteBoard() {
  const queries = useQueryClient();
  const again = () => queries.invalidateQueries({ queryKey: boardsQuery.queryKey });
  const restore = async (id: string) => {
    try {
      const params = { path: { board_id: id } };
      await asked(client.POST("/api/v1/boards/{board_id}/restore", { params }));
    } catch (error) {
      complain(error);
    }
    await again();
  };
  return useMutation({
    mutationFn: ({ id }: Board) =>
      asked(client.DELETE("/api/v1/boards/{board_id}", { params: { path: { board_id: id } } })),
    onSuccess: (_, { id, title }) => {
      queries.setQueryData<Board[]>(boardsQuery.queryKey, (all) =>
        all?.filter((one) => one.id !== id),
      );
      toast(`“${title}” is in the trash`, {
        action: { label: "Undo", act: () => void restore(id) },
      });
    },
    onError: complain,
    onSettled: again,
  });
}
