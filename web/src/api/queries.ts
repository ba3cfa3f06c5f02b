import { type QueryClient, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { attemptFor } from "@/api/attempts";
import { asked, type Board, client, type Generation, type Inputs } from "@/api/client";
import { Loader } from "@/api/loader";
import { type Ids, inserted, newer, without } from "@/api/merge";
import { Problem } from "@/api/problem";
import { isMoving } from "@/api/states";
import { EVERYTHING, type Filter, isEverything } from "@/gallery/filter";

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

export const boardQuery = (id: string) =>
  queryOptions({
    queryKey: ["board", id],
    queryFn: ({ signal }) =>
      asked(
        client.GET("/api/v1/boards/{board_id}", { params: { path: { board_id: id } }, signal }),
      ),
    staleTime: 30_000,
  });

/** The newest pictures on a board, for its cover. */
export const coversQuery = (boardId: string) =>
  queryOptions({
    queryKey: ["covers", boardId],
    queryFn: async ({ signal }) => {
      const query = { board_id: boardId, type: "image", status: "completed", limit: 4 } as const;
      const page = await asked(client.GET("/api/v1/generations", { params: { query }, signal }));
      return page.items;
    },
    staleTime: 10_000,
  });

export const idsKey = (boardId: string, filter: Filter = EVERYTHING) => ["ids", boardId, filter];

/** The ids of what is on a board, or of some of it. `useLive` keeps them current. */
export const idsQuery = (boardId: string, filter: Filter = EVERYTHING) =>
  queryOptions({
    queryKey: idsKey(boardId, filter),
    queryFn: ({ signal, client: queries }) => loadIds(queries, boardId, filter, signal),
    ...NEVER_STALE,
  });

/** All ids in one answer; what is found by words comes in parts, and not without end. */
async function loadIds(
  queries: QueryClient,
  boardId: string,
  filter: Filter,
  signal: AbortSignal,
): Promise<Ids> {
  if (filter.text) return foundIds(queries, boardId, filter, signal);
  const params = { path: { board_id: boardId }, query: asQuery(filter) };
  const answer = await asked(
    client.GET("/api/v1/boards/{board_id}/generation-ids", { params, signal }),
  );
  return answer.ids;
}

const MOST_FOUND = 1000;

async function foundIds(
  queries: QueryClient,
  boardId: string,
  { text = "", ...filter }: Filter,
  signal: AbortSignal,
): Promise<Ids> {
  const ids: string[] = [];
  let cursor: string | null | undefined;
  do {
    const query = {
      q: text,
      board_id: boardId,
      limit: 200,
      ...asQuery(filter),
      ...(cursor ? { cursor } : {}),
    };
    const page = await asked(client.GET("/api/v1/search", { params: { query }, signal }));
    remember(queries, page.items);
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.next;
  } while (cursor && ids.length < MOST_FOUND);
  return ids;
}

/** A filter as the server takes it: days are those of whoever looks. */
function asQuery({ text: _, favourite, since, until, ...rest }: Filter) {
  const midnight = (day: string, later: number) => {
    const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
    return new Date(year, month - 1, date + later).toISOString();
  };
  return {
    order: "newest" as const,
    ...rest,
    ...(favourite ? { favourite } : {}),
    ...(since ? { since: midnight(since, 0) } : {}),
    ...(until ? { until: midnight(until, 1) } : {}),
  };
}

/** The newest on a board, or what comes after them. */
export function loadPart(boardId: string, cursor: string | null, signal?: AbortSignal) {
  const query = { board_id: boardId, limit: PART, ...(cursor ? { cursor } : {}) };
  return asked(
    client.GET("/api/v1/generations", { params: { query }, ...(signal ? { signal } : {}) }),
  );
}

const loader = new Loader<Generation>(
  async (ids) => {
    const query = { ids: ids.join(",") };
    return (await asked(client.GET("/api/v1/generations", { params: { query } }))).items;
  },
  PART,
  (id) => new Problem(404, "not_found", `There is no generation ${id}, or it is not yours to see.`),
);

/** One generation, wherever it is. What is seen at one time is asked for at one time. */
export const generationQuery = (id: string) =>
  queryOptions({
    queryKey: ["generation", id],
    queryFn: () => loader.load(id),
    ...NEVER_STALE,
  });

export function loadGeneration(id: string, signal?: AbortSignal): Promise<Generation> {
  const params = { path: { generation_id: id } };
  return asked(
    client.GET("/api/v1/generations/{generation_id}", { params, ...(signal ? { signal } : {}) }),
  );
}

export const lineageQuery = (id: string, max_depth = 2) =>
  queryOptions({
    queryKey: ["lineage", id, max_depth],
    queryFn: ({ signal }) =>
      asked(
        client.GET("/api/v1/generations/{generation_id}/lineage", {
          params: { path: { generation_id: id }, query: { max_depth } },
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

/** What is known of a generation by now, if anything. */
export function known(queries: QueryClient, id: string): Generation | undefined {
  return queries.getQueryData(generationQuery(id).queryKey);
}

function remember(queries: QueryClient, news: readonly Generation[]): void {
  for (const one of news) {
    queries.setQueryData(generationQuery(one.id).queryKey, (before) => newer(before, one));
  }
}

/** Show generations on the board they are on, and wherever else they are looked at. */
export function show(queries: QueryClient, news: readonly Generation[]): void {
  remember(queries, news);
  for (const [boardId, some] of Map.groupBy(news, (one) => one.board_id)) {
    const listed = queries.getQueriesData<Ids>({ queryKey: ["ids", boardId] });
    for (const [queryKey, ids] of listed) {
      if (!ids) continue;
      if (isEverything(queryKey[2] as Filter)) {
        queries.setQueryData<Ids>(
          queryKey,
          some.reduce((all, { id }) => inserted(all, id), ids),
        );
      } else if (some.some(({ id, status }) => !ids.includes(id) || status === "failed")) {
        // Whether it belongs there is the server's to say.
        void queries.invalidateQueries({ queryKey });
      }
    }
  }
}

/** Take generations off a board's lists. */
export function forget(queries: QueryClient, boardId: string, gone: Iterable<string>): void {
  const ids = new Set(gone);
  queries.setQueriesData<Ids>({ queryKey: ["ids", boardId] }, (all) => all && without(all, ids));
}

export function shownIds(queries: QueryClient, boardId: string): Ids {
  return queries.getQueryData<Ids>(idsKey(boardId)) ?? [];
}

/** What of a board moves by itself, as far as is known. */
export function movingOn(queries: QueryClient, boardId: string): string[] {
  return queries
    .getQueriesData<Generation>({ queryKey: ["generation"] })
    .flatMap(([, one]) => (one?.board_id === boardId && isMoving(one) ? [one.id] : []));
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

export function useCreateBoard() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (title: string) =>
      asked(
        client.POST("/api/v1/boards", {
          body: { title, is_public: false, settings: {}, metadata: {} },
        }),
      ),
    onSuccess: (board) =>
      queries.setQueryData<Board[]>(boardsQuery.queryKey, (boards = []) => [board, ...boards]),
  });
}
