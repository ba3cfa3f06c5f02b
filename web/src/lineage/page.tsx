import { useQuery } from "@tanstack/react-query";
import {
  Background,
  BackgroundVariant,
  Controls,
  type Edge,
  Handle,
  MarkerType,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  type ReactFlowInstance,
} from "@xyflow/react";
import { ArrowLeft, CornerUpLeft, Maximize2 } from "lucide-react";
import { type KeyboardEvent, useMemo, useRef } from "react";
import "@xyflow/react/dist/base.css";
import "@/lineage/flow.css";
import { said } from "@/api/problem";
import { generationQuery, lineageQuery } from "@/api/queries";
import { Thumb } from "@/generate/slots";
import { Button, IconButton } from "@/kit/button";
import { useMedia } from "@/kit/hooks";
import { nameOf, titleOf } from "@/kit/texts";
import { drawn, stepOn } from "@/lineage/graph";
import { Rerun } from "@/lineage/rerun";
import { TO_PAGE } from "@/place";
import { useStudio } from "@/studio";

const ACROSS = 280;
const DOWN = 196;

type Shown = Node<{ known: boolean; isChosen: boolean }>;

/** What something was made from and what was made from it, as a graph to walk over. */
export default function LineagePage() {
  const { here, go, board } = useStudio();
  const id = here.of ?? "";
  const chosen = here.part ?? id;
  const { data, error } = useQuery({ ...lineageQuery(id, 25), enabled: id !== "" });
  const graph = useMemo(() => (data ? drawn(data) : { nodes: [], edges: [] }), [data]);
  const isCalm = useMedia("(prefers-reduced-motion: reduce)");
  const flow = useRef<ReactFlowInstance<Shown> | null>(null);
  const nodes: Shown[] = graph.nodes.map(({ id: at, known, column, row }) => ({
    id: at,
    type: "generation",
    position: { x: column * ACROSS, y: row * DOWN },
    data: { known, isChosen: at === chosen },
    draggable: false,
    focusable: false,
  }));
  const edges: Edge[] = graph.edges.map(({ from, to, roles }) => ({
    id: `${from} ${to}`,
    source: from,
    target: to,
    label: roles.map(nameOf).join(", "),
    focusable: false,
    markerEnd: { type: MarkerType.ArrowClosed, color: "var(--edge)" },
  }));
  const choose = (next: string) => {
    go({ part: next }, "replace");
    const node = graph.nodes.find((one) => one.id === next);
    document.querySelector<HTMLElement>(`[data-node="${next}"]`)?.focus({ preventScroll: true });
    if (node) {
      void flow.current?.setCenter(node.column * ACROSS + 84, node.row * DOWN + 76, {
        duration: isCalm ? 0 : 250,
        zoom: flow.current.getZoom(),
      });
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = stepOn(graph, chosen, event.key);
    if (!next) return;
    event.preventDefault();
    choose(next);
  };
  return (
    <section
      aria-label="Lineage"
      className="relative h-[calc(100dvh-3.5rem)] flex-1"
      onKeyDown={onKeyDown}
    >
      {error && (
        <p role="alert" className="m-6 rounded-xl bg-red-soft p-4 text-red">
          {said(error)}
        </p>
      )}
      {data && (
        <ReactFlow
          key={id}
          nodes={nodes}
          edges={edges}
          nodeTypes={NODE_TYPES}
          onInit={(instance) => {
            flow.current = instance;
          }}
          onNodeClick={(_, node) => node.data.known && choose(node.id)}
          fitView
          fitViewOptions={{ maxZoom: 1, padding: 0.2 }}
          minZoom={0.1}
          maxZoom={2}
          nodesConnectable={false}
          deleteKeyCode={null}
          selectionKeyCode={null}
          disableKeyboardA11y
          onlyRenderVisibleElements={graph.nodes.length > 100}
          proOptions={{ hideAttribution: true }}
        >
          <Background variant={BackgroundVariant.Dots} gap={22} size={1} color="var(--edge)" />
          <Controls showInteractive={false} />
        </ReactFlow>
      )}
      <div className="absolute top-3 left-3 z-10">
        <Button
          className="bg-panel shadow-print"
          onClick={() =>
            board ? go({ ...TO_PAGE, page: "board", board: board.id }) : history.back()
          }
        >
          <ArrowLeft size={15} /> {board?.title ?? "Back"}
        </Button>
      </div>
      {chosen && <Chosen key={`chosen ${chosen}`} id={chosen} onLook={choose} />}
    </section>
  );
}

function GenerationNode({ id, data: { known, isChosen } }: NodeProps<Shown>) {
  const { data: generation } = useQuery({ ...generationQuery(id), enabled: known });
  const { makerOf, view } = useStudio();
  const title = generation
    ? titleOf(generation, makerOf(generation))
    : known
      ? "Loading"
      : "Not to be seen";
  return (
    <div
      className={`w-42 rounded-xl bg-panel p-2 ${isChosen ? "ring-2 ring-accent" : "ring-1 ring-line"}`}
    >
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <button
        type="button"
        data-node={id}
        disabled={!known}
        aria-label={title}
        aria-current={isChosen || undefined}
        onDoubleClick={() => view(id)}
        onKeyDown={({ key }) => key === "Enter" && isChosen && view(id)}
        className="block h-26 w-full overflow-hidden rounded-lg bg-well"
      >
        {generation?.status === "completed" ? <Thumb generation={generation} /> : null}
      </button>
      <p className="mt-1.5 truncate px-0.5 text-xs font-medium">{title}</p>
      <p className="truncate px-0.5 text-xs text-soft">
        {generation ? makerOf(generation) : known ? "" : "On a board that is not yours"}
      </p>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
}

const NODE_TYPES = { generation: GenerationNode };

/** What can be done with the chosen one: look at it, branch off from it, run it anew. */
function Chosen({ id, onLook }: { id: string; onLook: (id: string) => void }) {
  const { makerOf, view, use, canUse } = useStudio();
  const { data: generation } = useQuery(generationQuery(id));
  if (!generation) return null;
  return (
    <aside
      aria-label="Chosen"
      className="absolute inset-x-3 bottom-3 z-10 max-h-[60%] overflow-y-auto rounded-2xl border border-line bg-raised p-4 shadow-lift sm:inset-x-auto sm:top-3 sm:right-3 sm:bottom-auto sm:max-h-[calc(100%-1.5rem)] sm:w-80"
    >
      <div className="flex items-start gap-2">
        <h2 className="min-w-0 flex-1 line-clamp-2 font-semibold">
          {titleOf(generation, makerOf(generation))}
        </h2>
        <IconButton label="Full view" className="-my-1.5 -mr-1.5" onClick={() => view(id)}>
          <Maximize2 size={16} />
        </IconButton>
      </div>
      <p className="mb-3 text-[13px] text-soft">{makerOf(generation)}</p>
      {canUse(generation) && (
        <Button className="w-full" onClick={() => use(generation)}>
          <CornerUpLeft size={15} /> Branch off from here
        </Button>
      )}
      <Rerun generation={generation} onMade={onLook} />
    </aside>
  );
}
