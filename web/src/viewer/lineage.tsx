import { useQuery } from "@tanstack/react-query";
import type { LineageNode } from "@/api/client";
import { generationQuery, lineageQuery } from "@/api/queries";
import { Thumb } from "@/generate/slots";
import { nameOf, titleOf } from "@/kit/texts";
import { useStudio } from "@/studio";

/** What it was made from and what was made from it, one step each way. */
export function LineageSummary({ id }: { id: string }) {
  const { data } = useQuery(lineageQuery(id));
  return (
    <>
      <Relatives title="Made from" nodes={data?.ancestors.branches ?? []} />
      <Relatives title="Used in" nodes={data?.descendants.branches ?? []} />
    </>
  );
}

function Relatives({ title, nodes }: { title: string; nodes: readonly LineageNode[] }) {
  if (nodes.length === 0) return null;
  return (
    <section>
      <h3 className="mb-2 text-xs font-medium text-soft">{title}</h3>
      <ul className="grid grid-cols-4 gap-2">
        {nodes.map((node) => (
          <li key={`${node.generation_id}-${node.role}`} className="min-w-0">
            <Relative node={node} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Relative({ node: { generation_id, known, role } }: { node: LineageNode }) {
  const { view } = useStudio();
  const { data: generation } = useQuery({ ...generationQuery(generation_id), enabled: known });
  return (
    <>
      <button
        type="button"
        disabled={!known}
        aria-label={generation ? `Look at ${titleOf(generation)}` : "Not to be seen"}
        onClick={() => view(generation_id)}
        className="block aspect-square w-full overflow-hidden rounded-lg bg-well ring-accent hover:ring-2"
      >
        {generation && <Thumb generation={generation} />}
      </button>
      {role && <p className="mt-1 truncate text-xs text-soft">{nameOf(role)}</p>}
    </>
  );
}
