import { useQueryClient } from "@tanstack/react-query";
import { CornerUpLeft, Heart, Trash2, X } from "lucide-react";
import { useMemo } from "react";
import { asked, client } from "@/api/client";
import { forget, known } from "@/api/queries";
import { Button, IconButton } from "@/kit/button";
import { complain, toast } from "@/kit/toasts";
import { useStudio } from "@/studio";

/** What can be done with several things on a board at once. */
export interface Bulk {
  remove: (ids: readonly string[]) => void;
  favour: (ids: readonly string[]) => void;
  tags: readonly string[];
}

export function useBulk(): Bulk {
  const queries = useQueryClient();
  const { board } = useStudio();
  const boardId = board?.id ?? "";
  return useMemo(
    () => ({
      tags: [],
      favour: () => undefined,
      remove: async (ids) => {
        try {
          for (const id of ids) {
            const params = { path: { generation_id: id } };
            await asked(client.DELETE("/api/v1/generations/{generation_id}", { params }));
            forget(queries, boardId, [id]);
          }
          toast(ids.length === 1 ? "Deleted" : `${ids.length} deleted`);
        } catch (error) {
          complain(error);
        }
      },
    }),
    [queries, boardId],
  );
}

/** Stands at the bottom while something is selected. */
export function BulkBar({ bulk }: { bulk: Bulk }) {
  const queries = useQueryClient();
  const { selection, use } = useStudio();
  const ids = [...selection.ids];
  if (ids.length === 0) return null;
  const done = (act: (ids: readonly string[]) => void) => () => {
    selection.clear();
    act(ids);
  };
  return (
    <div
      role="toolbar"
      aria-label="Selected"
      className="fixed bottom-4 left-1/2 z-20 flex max-w-[calc(100vw-2rem)] -translate-x-1/2 animate-rise items-center gap-1 overflow-x-auto rounded-2xl border border-line bg-raised p-1.5 shadow-sheet lg:left-[calc(50%+11.75rem)]"
    >
      <p className="px-3 font-medium whitespace-nowrap tabular-nums" aria-live="polite">
        {ids.length.toLocaleString()} selected
      </p>
      {ids.length === 1 && (
        <Button
          look="quiet"
          onClick={() => {
            const one = known(queries, ids[0] ?? "");
            selection.clear();
            if (one) use(one);
          }}
        >
          <CornerUpLeft size={15} /> Use as input
        </Button>
      )}
      <Button look="quiet" onClick={done(bulk.favour)}>
        <Heart size={15} /> <span className="max-sm:sr-only">Favourite</span>
      </Button>
      <Button look="quiet" onClick={done(bulk.remove)}>
        <Trash2 size={15} /> <span className="max-sm:sr-only">Delete</span>
      </Button>
      <IconButton label="Select nothing" onClick={selection.clear}>
        <X size={16} />
      </IconButton>
    </div>
  );
}
