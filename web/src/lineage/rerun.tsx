import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { RefreshCcw } from "lucide-react";
import { useState } from "react";
import { attemptFor } from "@/api/attempts";
import { asked, client, type Generation } from "@/api/client";
import { said } from "@/api/problem";
import { generationQuery, lineageQuery, show } from "@/api/queries";
import { priceText } from "@/generate/price";
import { Thumb } from "@/generate/slots";
import { Button } from "@/kit/button";
import { nameOf, titleOf } from "@/kit/texts";
import { toast } from "@/kit/toasts";

interface Wish {
  with_uses: boolean;
  swap: { old_id: string; new_id: string } | null;
}

interface Props {
  generation: Generation;
  onMade: (id: string) => void;
}

/** Makes something anew, perhaps with another input and with all that came of it, for one price
 * that is seen before. What is there stays as it is. */
export function Rerun({ generation, onMade }: Props) {
  const { id } = generation;
  const { data: lineage } = useQuery(lineageQuery(id));
  const [wish, setWish] = useState<Wish>({ with_uses: false, swap: null });
  const [isOpen, setOpen] = useState(false);
  const inputs = lineage?.ancestors.branches.filter(({ known }) => known) ?? [];
  const uses = lineage?.descendants.branches ?? [];
  const estimate = useQuery({ ...rerunQuery(id, wish), enabled: isOpen });
  const run = useRerun(id);
  const cost = estimate.data?.cost_estimate;
  const steps = estimate.data?.steps.length ?? 1;
  const refusal = estimate.data?.refusal;
  if (inputs.length === 0 && uses.length === 0 && generation.generator === "upload") return null;
  if (!isOpen) {
    return (
      <Button className="mt-2 w-full" onClick={() => setOpen(true)}>
        <RefreshCcw size={15} /> Run anew
      </Button>
    );
  }
  return (
    <div className="mt-3 flex flex-col gap-3 border-t border-line pt-3">
      {uses.length > 0 && (
        <label className="flex items-center gap-2.5 text-[13px]">
          <input
            type="checkbox"
            className="size-4 accent-accent"
            checked={wish.with_uses}
            onChange={({ target }) => setWish({ ...wish, with_uses: target.checked })}
          />
          With all that was made from it
        </label>
      )}
      {inputs.map(({ generation_id, role }) => (
        <Input
          key={generation_id}
          id={generation_id}
          role={role}
          swap={wish.swap?.old_id === generation_id ? wish.swap.new_id : null}
          onSwap={(new_id) =>
            setWish({ ...wish, swap: new_id ? { old_id: generation_id, new_id } : null })
          }
        />
      ))}
      {(estimate.error || refusal || run.error) && (
        <p role="alert" className="text-[13px] text-red">
          {refusal?.message ?? said(run.error ?? estimate.error)}
        </p>
      )}
      {estimate.data?.left_out.length ? (
        <p className="text-xs text-soft">
          {estimate.data.left_out.length} of what was made from it would stay as it is.
        </p>
      ) : null}
      <Button
        look="strong"
        className="h-11 justify-between"
        disabled={!estimate.data || Boolean(refusal) || estimate.isFetching || run.isPending}
        onClick={() =>
          run.mutate(
            { ...wish, most: cost?.amount ?? null },
            {
              onSuccess: ({ generations: [first] }) => {
                setOpen(false);
                toast(steps > 1 ? `${steps} runs have begun` : "It has begun", {
                  ...(first ? { action: { label: "Look", act: () => onMade(first.id) } } : {}),
                });
              },
            },
          )
        }
      >
        <span>{steps > 1 ? `Run ${steps} anew` : "Run anew"}</span>
        <span className="font-normal opacity-75">{cost ? priceText(cost) : ""}</span>
      </Button>
    </div>
  );
}

const rerunQuery = (id: string, wish: Wish) =>
  queryOptions({
    queryKey: ["rerun", id, wish],
    queryFn: ({ signal }) =>
      asked(
        client.POST("/api/v1/generations/{generation_id}/rerun/estimate", {
          params: { path: { generation_id: id } },
          body: { ...wish, allow_unpriced: false },
          signal,
        }),
      ),
    retry: false,
  });

function useRerun(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Wish & { most: string | null }) => {
      const attempt = attemptFor({ rerun: id, ...body });
      return attempt.settle(
        asked(
          client.POST("/api/v1/generations/{generation_id}/rerun", {
            params: { path: { generation_id: id } },
            body: { ...body, allow_unpriced: false },
            headers: { "Idempotency-Key": attempt.key },
          }),
        ),
      );
    },
    onSuccess: ({ generations }) => {
      show(queries, generations);
      void queries.invalidateQueries({ queryKey: ["jobs"] });
      void queries.invalidateQueries({ queryKey: ["lineage"] });
    },
  });
}

interface InputProps {
  id: string;
  role: string | null;
  swap: string | null;
  onSwap: (id: string | null) => void;
}

/** One of what it was made from, and what might stand in its place. */
function Input({ id, role, swap, onSwap }: InputProps) {
  const { data: now } = useQuery(generationQuery(id));
  const [isOpen, setOpen] = useState(false);
  const others = useQuery({
    queryKey: ["instead", now?.board_id, now?.artifact_type],
    queryFn: async ({ signal }) => {
      const query = {
        board_id: now?.board_id ?? "",
        type: now?.artifact_type ?? ("image" as const),
        status: "completed" as const,
        limit: 24,
      };
      return (await asked(client.GET("/api/v1/generations", { params: { query }, signal }))).items;
    },
    enabled: isOpen && now !== undefined,
  });
  if (!now) return null;
  return (
    <div>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className="flex w-full items-center gap-2.5 rounded-lg p-1 text-left text-[13px] hover:bg-well"
      >
        <span className="size-9 shrink-0 overflow-hidden rounded-md bg-well">
          <Thumb generation={others.data?.find((one) => one.id === swap) ?? now} />
        </span>
        <span className="min-w-0 flex-1">
          <span className="block text-xs text-soft">{role ? nameOf(role) : "Input"}</span>
          <span className="block truncate">{swap ? "Another one" : titleOf(now)}</span>
        </span>
        <span className="pr-1 text-xs text-soft">Exchange</span>
      </button>
      {isOpen && (
        <div className="mt-1.5 grid max-h-44 grid-cols-5 gap-1.5 overflow-y-auto p-0.5">
          {others.data?.map((one) => (
            <button
              key={one.id}
              type="button"
              aria-pressed={swap === one.id || (swap === null && one.id === id)}
              aria-label={`Use ${titleOf(one)} instead`}
              onClick={() => onSwap(one.id === id ? null : one.id)}
              className="aspect-square overflow-hidden rounded-md bg-well ring-accent aria-pressed:ring-2"
            >
              <Thumb generation={one} />
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
