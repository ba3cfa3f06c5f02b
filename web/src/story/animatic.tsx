import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Film } from "lucide-react";
import { useState } from "react";
import { attemptFor } from "@/api/attempts";
import { asked, client } from "@/api/client";
import { said } from "@/api/problem";
import { loadGeneration, show } from "@/api/queries";
import { isMoving } from "@/api/states";
import { Button } from "@/kit/button";
import { useStudio } from "@/studio";

const POLL_MS = 1000;

/** Makes a video of what is picked, which costs nothing, and shows it when it is there. It is on the
 * story's board like all else. */
export function Animatic({ slug, revision }: { slug: string; revision: string }) {
  const { view } = useStudio();
  const queries = useQueryClient();
  const [id, setId] = useState<string | null>(null);
  const start = useMutation({
    mutationFn: () => {
      const attempt = attemptFor({ animatic: slug, revision });
      return attempt.settle(
        asked(
          client.POST("/api/v1/workspace/{slug}/animatic", {
            params: { path: { slug } },
            body: {},
            headers: { "Idempotency-Key": attempt.key },
          }),
        ),
      );
    },
    onSuccess: ({ generations }) => {
      show(queries, generations);
      setId(generations[0]?.id ?? null);
      void queries.invalidateQueries({ queryKey: ["jobs"] });
    },
  });
  const made = useQuery({
    queryKey: ["animatic", id],
    queryFn: async ({ signal }) => {
      const generation = await loadGeneration(id ?? "", signal);
      show(queries, [generation]);
      return generation;
    },
    enabled: id !== null,
    refetchInterval: ({ state: { data } }) => (data && !isMoving(data) ? false : POLL_MS),
  });
  const { data } = made;
  const isUnderWay = start.isPending || (id !== null && (!data || isMoving(data)));
  const failure = data?.status === "failed" ? data.error?.message : undefined;
  const trouble = start.error ?? made.error;
  return (
    <div className="flex flex-col gap-2">
      <div className="flex gap-2">
        {data?.status === "completed" && (
          <Button className="h-10" onClick={() => view(data.id)}>
            <Film size={15} aria-hidden="true" /> Look at the animatic
          </Button>
        )}
        <Button className="h-10" disabled={isUnderWay} onClick={() => start.mutate()}>
          {isUnderWay ? "Making the animatic…" : data ? "Another animatic" : "Animatic"}
          {!isUnderWay && <span className="font-normal opacity-75">free</span>}
        </Button>
      </div>
      {(trouble || failure) && (
        <p role="alert" className="max-w-xs text-[13px] text-red">
          {failure ?? said(trouble)}
        </p>
      )}
    </div>
  );
}
