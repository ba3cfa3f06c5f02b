import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { address, type LiveEnd, type LiveEvent, type LiveSnapshot } from "@/api/client";
import { type Change, changed } from "@/api/merge";
import { Problem } from "@/api/problem";
import {
  forget,
  generationQuery,
  known,
  loadGeneration,
  loadPart,
  movingOn,
  show,
  shownIds,
} from "@/api/queries";
import { isFinal } from "@/api/states";

/** How what is shown is kept current: by events, by asking, or not at all for now. */
export type Connection = "connecting" | "events" | "polling" | "lost";

const BUSY_MS = 1000;
const IDLE_MS = 15_000;
const AGAIN_MS = 2000;

/**
 * Keep a board current while the page is seen. The server's events are followed; where there are
 * none, it is asked each second while something moves. A hidden page holds no connection, of which
 * a browser has six for all its pages, and looks anew when it is seen again.
 */
export function useLive(boardId: string | null): Connection {
  const queries = useQueryClient();
  const [connection, setConnection] = useState<Connection>("connecting");
  useEffect(() => {
    if (!boardId) return;
    let following: Following | undefined;
    const follow = () => {
      following?.stop();
      following = document.hidden ? undefined : new Following(queries, boardId, setConnection);
    };
    follow();
    document.addEventListener("visibilitychange", follow);
    return () => {
      document.removeEventListener("visibilitychange", follow);
      following?.stop();
    };
  }, [queries, boardId]);
  return connection;
}

class Following {
  private readonly queries: QueryClient;
  private readonly boardId: string;
  private readonly tell: (connection: Connection) => void;
  private readonly ending = new AbortController();
  private readonly source: EventSource;
  /** What is being loaded; true where it has changed since that began. */
  private readonly loading = new Map<string, boolean>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private wasBusy = false;
  private stopWatching: (() => void) | undefined;

  constructor(queries: QueryClient, boardId: string, tell: (connection: Connection) => void) {
    this.queries = queries;
    this.boardId = boardId;
    this.tell = tell;
    const query = new URLSearchParams({ board_id: boardId });
    this.source = new EventSource(address(`/api/v1/events?${query}`));
    this.source.addEventListener("open", () => tell("events"));
    this.source.addEventListener("snapshot", (event) => this.takeSnapshot(event));
    this.source.addEventListener("event", (event) =>
      this.take(JSON.parse(event.data) as LiveEvent),
    );
    this.source.addEventListener("end", (event) => {
      const { reason } = JSON.parse(event.data) as LiveEnd;
      // When the server stops, the browser connects again; here it would be refused.
      if (reason === "forbidden") {
        this.stop();
        tell("lost");
      }
    });
    this.source.addEventListener("error", () => {
      // The browser connects again by itself, unless the server refused.
      if (this.source.readyState === EventSource.CLOSED) this.startPolling();
      else tell("lost");
    });
  }

  stop(): void {
    this.ending.abort();
    this.source.close();
    this.stopWatching?.();
    clearTimeout(this.timer);
  }

  private takeSnapshot(event: MessageEvent<string>): void {
    const { generations } = JSON.parse(event.data) as LiveSnapshot;
    const now = new Set(generations?.map((one) => one.id));
    const ids = shownIds(this.queries, this.boardId);
    if (ids.length && now.size && !ids.some((id) => now.has(id))) {
      // So much is new that there is a gap between it and what is known.
      void this.queries.invalidateQueries({ queryKey: ["ids", this.boardId] });
    }
    show(this.queries, generations ?? []);
    for (const id of movingOn(this.queries, this.boardId)) if (!now.has(id)) void this.load(id);
  }

  private take({ generation_id: id, data }: LiveEvent): void {
    // The contract leaves open what the data is; it is this.
    const change: Change = { ...(data as Omit<Change, "id">), id };
    const before = known(this.queries, id);
    // An event carries neither file nor cost. So what is done is shown when they are there.
    if (change.status === "completed" || !before) void this.load(id);
    else {
      this.queries.setQueryData(generationQuery(id).queryKey, changed(before, change));
      if (change.status && isFinal({ status: change.status })) void this.load(id);
    }
  }

  private async look(): Promise<void> {
    const { signal } = this.ending;
    const { items } = await loadPart(this.boardId, null, signal);
    if (signal.aborted) return;
    show(this.queries, items);
    const seen = new Set(items.map((one) => one.id));
    for (const id of movingOn(this.queries, this.boardId)) if (!seen.has(id)) void this.load(id);
  }

  private async load(id: string): Promise<void> {
    if (this.loading.has(id)) {
      this.loading.set(id, true);
      return;
    }
    const { signal } = this.ending;
    do {
      this.loading.set(id, false);
      try {
        const generation = await loadGeneration(id, signal);
        if (!signal.aborted) show(this.queries, [generation]);
      } catch (error) {
        if (error instanceof Problem && error.status === 404) {
          forget(this.queries, this.boardId, [id]);
        } else {
          await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
          this.loading.set(id, true);
        }
      }
    } while (this.loading.get(id) && !signal.aborted);
    this.loading.delete(id);
  }

  private startPolling(): void {
    // Something just submitted must not wait for the next idle look.
    this.stopWatching = this.queries.getQueryCache().subscribe(({ query }) => {
      if (query.queryKey[0] !== "generation" || this.wasBusy) return;
      if (this.isBusy()) this.pollIn(BUSY_MS);
    });
    this.tell("polling");
    this.pollIn(0);
  }

  private isBusy(): boolean {
    return movingOn(this.queries, this.boardId).length > 0;
  }

  private pollIn(milliseconds: number): void {
    clearTimeout(this.timer);
    this.wasBusy = milliseconds < IDLE_MS;
    this.timer = setTimeout(async () => {
      try {
        await this.look();
        if (!this.ending.signal.aborted) this.tell("polling");
      } catch {
        if (!this.ending.signal.aborted) this.tell("lost");
      }
      if (!this.ending.signal.aborted) this.pollIn(this.isBusy() ? BUSY_MS : IDLE_MS);
    }, milliseconds);
  }
}
