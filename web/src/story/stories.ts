import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { attemptFor } from "@/api/attempts";
import { address, asked, client } from "@/api/client";
import { Problem } from "@/api/problem";
import type { components } from "@/api/schema";
import { boardOf, type Slot, type Storyboard } from "@/story/storyboard";
import { watchKey, wordsKey } from "@/story/watch";

type Schemas = components["schemas"];
export type Workspace = Schemas["Workspace"];
export type Story = Schemas["Story"];
export type StoryJob = Schemas["StoryJob"];
export type StoryEstimate = Schemas["StoryEstimate"];
export type JobTake = StoryJob["takes"][number];
export type Take = Schemas["Take"];
export type Theme = Schemas["Theme"];
export type Flag = Schemas["Flag"];
type Picked = Schemas["Picked"];

const of = (slug: string) => ({ path: { slug } });

export const storiesQuery = queryOptions({
  queryKey: ["stories"],
  queryFn: ({ signal }) => asked(client.GET("/api/v1/workspace", { signal })),
  select: ({ items }) => items,
});

/** A story as its file is now; it may be edited by hand and by git, so whoever comes back looks. */
export const storyQuery = (slug: string) =>
  queryOptions({
    queryKey: ["story", slug],
    queryFn: ({ signal }) =>
      asked(client.GET("/api/v1/workspace/{slug}", { params: of(slug), signal })),
    refetchOnWindowFocus: true,
  });

export const takesQuery = (slug: string) =>
  queryOptions({
    queryKey: ["takes", slug],
    queryFn: ({ signal }) =>
      asked(client.GET("/api/v1/workspace/{slug}/takes", { params: of(slug), signal })),
    select: ({ takes }) => takes,
  });

export const themesQuery = (slug: string) =>
  queryOptions({
    queryKey: ["themes", slug],
    queryFn: ({ signal }) =>
      asked(client.GET("/api/v1/workspace/{slug}/themes", { params: of(slug), signal })),
    select: ({ items }) => items,
  });

const POLL_MS = 1000;

export const jobQuery = (slug: string, id: string) =>
  queryOptions({
    queryKey: ["story-job", slug, id],
    queryFn: ({ signal }) =>
      asked(
        client.GET("/api/v1/workspace/{slug}/jobs/{job_id}", {
          params: { path: { slug, job_id: id } },
          signal,
        }),
      ),
    refetchInterval: ({ state: { error } }) =>
      error instanceof Problem && error.status === 404 ? false : POLL_MS,
  });

/** What takes are asked for. Re-rolls are of cards counted from 1, or of all that is flagged. */
export type Target =
  | { of: "all" }
  | { of: "card"; n: number }
  | { of: "cover" }
  | { of: "portrait" }
  | { of: "reroll"; cards: number[] | null };

export interface Wish {
  target: Target;
  takes: number | null;
  force: boolean;
  allow_unpriced: boolean;
}

/** What a wish would cost. `revision` is part of what is asked: other words, another price. */
export const priceQuery = (slug: string, revision: string, wish: Wish, isOn = true) =>
  queryOptions({
    queryKey: ["story-price", slug, revision, wish],
    queryFn: ({ signal }) => asked(estimated(slug, wish, signal)),
    enabled: isOn,
    retry: false,
    staleTime: 10_000,
  });

function bodiesOf({ target, takes, force, allow_unpriced }: Wish) {
  const body = { takes, force, allow_unpriced, kind: "image" as const };
  const cards = target.of === "reroll" ? target.cards : null;
  return { body, reroll: { takes, allow_unpriced, cards } };
}

function estimated(slug: string, wish: Wish, signal: AbortSignal) {
  const { body, reroll } = bodiesOf(wish);
  const params = of(slug);
  switch (wish.target.of) {
    case "all":
      return client.POST("/api/v1/workspace/{slug}/cards/estimate", { params, body, signal });
    case "card": {
      const path = { slug, n: wish.target.n };
      const card = { params: { path }, body, signal };
      return client.POST("/api/v1/workspace/{slug}/cards/{n}/estimate", card);
    }
    case "cover":
      return client.POST("/api/v1/workspace/{slug}/cover/estimate", { params, body, signal });
    case "portrait":
      return client.POST("/api/v1/workspace/{slug}/portrait/estimate", { params, body, signal });
    case "reroll": {
      const again = { params, body: reroll, signal };
      return client.POST("/api/v1/workspace/{slug}/reroll/estimate", again);
    }
  }
}

function begun(slug: string, wish: Wish, key: string) {
  const { body, reroll } = bodiesOf(wish);
  const params = of(slug);
  const headers = { "Idempotency-Key": key };
  switch (wish.target.of) {
    case "all":
      return client.POST("/api/v1/workspace/{slug}/cards/generate", { params, body, headers });
    case "card": {
      const path = { slug, n: wish.target.n };
      const card = { params: { path }, body, headers };
      return client.POST("/api/v1/workspace/{slug}/cards/{n}/generate", card);
    }
    case "cover":
      return client.POST("/api/v1/workspace/{slug}/cover/generate", { params, body, headers });
    case "portrait":
      return client.POST("/api/v1/workspace/{slug}/portrait/generate", { params, body, headers });
    case "reroll": {
      const again = { params, body: reroll, headers };
      return client.POST("/api/v1/workspace/{slug}/reroll", again);
    }
  }
}

/** Have takes made. It spends what was seen before; the same press again cannot pay twice. */
export function useStart(slug: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (wish: Wish) => {
      const attempt = attemptFor({ story: slug, ...wish });
      return attempt.settle(asked(begun(slug, wish, attempt.key)));
    },
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["jobs"] });
      void queries.invalidateQueries({ queryKey: ["story-price", slug] });
    },
  });
}

export function useCancelJob(slug: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (job_id: string) =>
      asked(
        client.POST("/api/v1/workspace/{slug}/jobs/{job_id}/cancel", {
          params: { path: { slug, job_id } },
        }),
      ),
    onSuccess: (job) => queries.setQueryData(jobQuery(slug, job.job_id).queryKey, job),
  });
}

/** Changes of one story go one after the other, so that each knows the revision of the one before. */
const turns = new Map<string, Promise<unknown>>();

export function inTurn<T>(slug: string, act: () => Promise<T>): Promise<T> {
  const turn = (turns.get(slug) ?? Promise.resolve()).then(act, act);
  turns.set(
    slug,
    turn.catch(() => undefined),
  );
  return turn;
}

export function put(slug: string, revision: string, board: Storyboard): Promise<Story> {
  const storyboard = board as unknown as Story["storyboard"];
  return asked(
    client.PUT("/api/v1/workspace/{slug}", { params: of(slug), body: { revision, storyboard } }),
  );
}

export const isStale = (error: unknown) => error instanceof Problem && error.status === 409;

/** What changes of a story are under way; a price that was seen before them may not be so after. */
export const changeKey = (slug: string) => ["story-change", slug];

/** Change the storyboard. Where it was changed meanwhile, the same is done to what it is now, so
 * that nothing of anybody's is overwritten. */
export function useChange(slug: string) {
  const queries = useQueryClient();
  const { queryKey } = storyQuery(slug);
  const load = () => queries.fetchQuery({ ...storyQuery(slug), staleTime: 0 });
  return useMutation({
    mutationKey: changeKey(slug),
    mutationFn: (edit: (board: Storyboard) => Storyboard) =>
      inTurn(slug, async () => {
        const now = queries.getQueryData(queryKey) ?? (await load());
        try {
          return await put(slug, now.revision, edit(boardOf(now)));
        } catch (error) {
          if (!isStale(error)) throw error;
          const newest = await load();
          return put(slug, newest.revision, edit(boardOf(newest)));
        }
      }),
    onSuccess: (story) => {
      queries.setQueryData(queryKey, story);
      void queries.invalidateQueries({ queryKey: ["themes", slug] });
    },
  });
}

export function useOrder(slug: string) {
  const queries = useQueryClient();
  const { queryKey } = storyQuery(slug);
  return useMutation({
    mutationKey: changeKey(slug),
    mutationFn: (ids: readonly number[]) =>
      inTurn(slug, () => {
        const revision = queries.getQueryData(queryKey)?.revision ?? null;
        return asked(
          client.PUT("/api/v1/workspace/{slug}/order", {
            params: of(slug),
            body: { ids: [...ids], revision },
          }),
        );
      }),
    onSuccess: (story) => queries.setQueryData(queryKey, story),
    onError: () => queries.invalidateQueries({ queryKey }),
  });
}

/** What fills a slot has changed: the file and the takes are read anew before anything else is. */
function useFilling<Asked>(slug: string, act: (wanted: Asked) => Promise<Picked>) {
  const queries = useQueryClient();
  return useMutation({
    mutationKey: changeKey(slug),
    mutationFn: (wanted: Asked) =>
      inTurn(slug, async () => {
        const picked = await act(wanted);
        await queries.fetchQuery({ ...storyQuery(slug), staleTime: 0 });
        return picked;
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: takesQuery(slug).queryKey }),
  });
}

export function usePick(slug: string) {
  const params = of(slug);
  return useFilling(slug, ({ slot, n, take }: { slot: Slot; n: number; take: string }) => {
    const body = { take };
    if (slot === "cover") {
      return asked(client.POST("/api/v1/workspace/{slug}/cover/pick", { params, body }));
    }
    if (slot === "portrait") {
      return asked(client.POST("/api/v1/workspace/{slug}/portrait/pick", { params, body }));
    }
    const path = { slug, n };
    return asked(
      client.POST("/api/v1/workspace/{slug}/cards/{n}/pick", { params: { path }, body }),
    );
  });
}

/** Send a file of one's own for a card or the cover, or reference photos for the portrait. */
export function useFill(slug: string) {
  return useFilling(
    slug,
    ({ slot, n, files }: { slot: Slot; n: number; files: readonly File[] }) => {
      const form = new FormData();
      const base = `/api/v1/workspace/${encodeURIComponent(slug)}`;
      if (slot === "portrait") {
        for (const file of files) form.append("refs", file, file.name);
        return sent(`${base}/portrait`, form);
      }
      const [file] = files;
      if (!file) throw new Error("There is no file to send.");
      if (slot === "cover") form.append("kind", "cover");
      form.append("file", file, file.name);
      return sent(slot === "cover" ? `${base}/assets` : `${base}/cards/${n}/media`, form);
    },
  );
}

function sent(path: string, form: FormData): Promise<Picked> {
  const answer = fetch(address(path), { method: "POST", body: form }).then(async (response) => {
    const said: unknown = await response.json().catch(() => null);
    return response.ok ? { data: said as Picked, response } : { error: said, response };
  });
  return asked<Picked>(answer);
}

/** The address of a picture of the workspace; `mark` changes when what lies there does. */
export function fileOf(slug: string, path: string, mark: string): string {
  const parts = path.split("/").map(encodeURIComponent).join("/");
  return `${address(`/api/v1/workspace/${encodeURIComponent(slug)}/takes/${parts}`)}?v=${encodeURIComponent(mark)}`;
}

export function useNewStory() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["NewWorkspace"]) =>
      asked(client.POST("/api/v1/workspace", { body })),
    onSuccess: (story) => {
      queries.setQueryData(storyQuery(story.slug).queryKey, story);
      void queries.invalidateQueries({ queryKey: storiesQuery.queryKey });
    },
  });
}

export function useDeleteStory(slug: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => asked(client.DELETE("/api/v1/workspace/{slug}", { params: of(slug) })),
    onSuccess: () => {
      for (const key of [watchKey(slug), wordsKey(slug)]) localStorage.removeItem(key);
      return queries.invalidateQueries({ queryKey: storiesQuery.queryKey });
    },
  });
}
