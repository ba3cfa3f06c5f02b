import {
  infiniteQueryOptions,
  type QueryClient,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { attemptFor } from "@/api/attempts";
import { asked, type Board, client, type Generation, type Inputs } from "@/api/client";
import { merged, type Pages, without } from "@/api/merge";

const PART = 60;
const NEVER_STALE = { staleTime: Number.POSITIVE_INFINITY };

export const generatorsQuery = queryOptions({
  queryKey: ["generators"],
  queryFn: ({ signal }) => asked(client.GET("/api/v1/generators", { signal })),
  select: ({ items }) => items,
  ...NEVER_STALE,
});

export const boardsQuery = queryOptions({
  queryKey: ["boards"],
  queryFn: async ({ signal }) => {
    const boards: Board[] = [];
    let cursor: string | null | undefined;
    do {
      const query = { limit: 200, ...(cursor ? { cursor } : {}) };
      const page = await asked(client.GET("/api/v1/boards", { params: { query }, signal }));
      boards.push(...page.items);
      cursor = page.next;
    } while (cursor);
    return boards;
  },
});

export const itemsKey = (boardId: string) => ["items", boardId];

/** What is on a board. `useLive` keeps it current, so it is never loaded again by itself. */
export const itemsQuery = (boardId: string) =>
  infiniteQueryOptions({
    queryKey: itemsKey(boardId),
    queryFn: ({ pageParam, signal }) => loadPart(boardId, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    ...NEVER_STALE,
  });

export function loadPart(boardId: string, cursor: string | null, signal?: AbortSignal) {
  const query = { board_id: boardId, limit: PART, ...(cursor ? { cursor } : {}) };
  return asked(
    client.GET("/api/v1/generations", { params: { query }, ...(signal ? { signal } : {}) }),
  );
}

/** One generation, wherever it is; one on the shown board is known already. */
export const generationQuery = (id: string) =>
  queryOptions({
    queryKey: ["generation", id],
    queryFn: ({ signal }) => loadGeneration(id, signal),
    staleTime: 30_000,
  });

export function loadGeneration(id: string, signal?: AbortSignal): Promise<Generation> {
  const params = { path: { generation_id: id } };
  return asked(
    client.GET("/api/v1/generations/{generation_id}", { params, ...(signal ? { signal } : {}) }),
  );
}

export const lineageQuery = (id: string) =>
  queryOptions({
    queryKey: ["lineage", id],
    queryFn: ({ signal }) =>
      asked(
        client.GET("/api/v1/generations/{generation_id}/lineage", {
          params: { path: { generation_id: id }, query: { max_depth: 2 } },
          signal,
        }),
      ),
    staleTime: 5_000,
  });

export interface Request {
  generator: string;
  inputs: Inputs;
  takes: number;
  board_id: string | null;
  /** Run it under a budget although nobody knows what it costs. */
  allow_unpriced?: boolean;
}

export const estimateQuery = (request: Request | null) =>
  queryOptions({
    queryKey: ["estimate", request],
    queryFn: ({ signal }) =>
      request
        ? asked(
            client.POST("/api/v1/estimate", {
              body: { allow_unpriced: false, ...request, force: false },
              signal,
            }),
          )
        : Promise.reject(new Error("Nothing to estimate.")),
    enabled: request !== null,
    retry: false,
    staleTime: 60_000,
  });

/** Show generations on the board they are on, and wherever else they are looked at. */
export function show(queries: QueryClient, news: readonly Generation[]): void {
  const byBoard = Map.groupBy(news, (one) => one.board_id);
  for (const [boardId, some] of byBoard) {
    queries.setQueryData<Pages>(itemsKey(boardId), (pages) =>
      pages ? merged(pages, some) : pages,
    );
  }
  for (const one of news) queries.setQueryData(["generation", one.id], one);
}

export function shownPages(queries: QueryClient, boardId: string): Pages | undefined {
  return queries.getQueryData<Pages>(itemsKey(boardId));
}

export function setPages(
  queries: QueryClient,
  boardId: string,
  change: (pages: Pages | undefined) => Pages | undefined,
): void {
  queries.setQueryData<Pages>(itemsKey(boardId), change);
}

export function useSubmit() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (request: Request) => {
      const attempt = attemptFor(request);
      return attempt.settle(
        asked(
          client.POST("/api/v1/generations", {
            body: { allow_unpriced: false, ...request, priority: 0, force: false },
            headers: { "Idempotency-Key": attempt.key },
          }),
        ),
      );
    },
    onSuccess: ({ generations }) => {
      show(queries, generations);
      void queries.invalidateQueries({ queryKey: boardsQuery.queryKey });
    },
  });
}

export function useCancel() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      asked(
        client.POST("/api/v1/generations/{generation_id}/cancel", {
          params: { path: { generation_id: id } },
        }),
      ),
    onSuccess: (generation) => show(queries, [generation]),
  });
}

/** Look again at how a generation stands. It asks; it never starts anything. */
export function useCheck() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => loadGeneration(id),
    onSuccess: (generation) => show(queries, [generation]),
  });
}

export function useDelete() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id }: Generation) =>
      asked(
        client.DELETE("/api/v1/generations/{generation_id}", {
          params: { path: { generation_id: id } },
        }),
      ),
    onSuccess: (_, { id, board_id }) => setPages(queries, board_id, (pages) => without(pages, id)),
  });
}

export function useCreateBoard() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (title: string) =>
      asked(client.POST("/api/v1/boards", { body: { title, is_public: false } })),
    onSuccess: (board) =>
      queries.setQueryData<Board[]>(boardsQuery.queryKey, (boards = []) => [board, ...boards]),
  });
}
