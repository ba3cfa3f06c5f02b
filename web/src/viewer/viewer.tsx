import { useQuery } from "@tanstack/react-query";
import {
  ChevronLeft,
  ChevronRight,
  PanelRightClose,
  PanelRightOpen,
  SplitSquareHorizontal,
  Workflow,
  X,
} from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import type { Generation } from "@/api/client";
import { said } from "@/api/problem";
import { generationQuery, lineageQuery } from "@/api/queries";
import { isFinal } from "@/api/states";
import { useBulk } from "@/gallery/bulk";
import { focusTile } from "@/gallery/grid";
import { IconButton } from "@/kit/button";
import { comboOf, isTyping } from "@/kit/keys";
import { titleOf } from "@/kit/texts";
import { TO_PAGE } from "@/place";
import { useStudio } from "@/studio";
import { Compare } from "@/viewer/compare";
import { Recipe } from "@/viewer/recipe";
import { Stage } from "@/viewer/stage";

/** One generation over the whole page: itself, how it was made, and what it is linked with. */
export default function Viewer({ id }: { id: string }) {
  const { here, go, ids, view, recall, use, canUse } = useStudio();
  const [isBare, setBare] = useState(false);
  const dialog = useRef<HTMLDialogElement>(null);
  const { data: current, error } = useQuery(generationQuery(id));
  const place = ids.indexOf(id);
  const before = place > 0 ? ids[place - 1] : undefined;
  const after = place >= 0 ? ids[place + 1] : undefined;

  useEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
    const root = document.documentElement;
    root.style.overflow = "hidden";
    return () => {
      root.style.overflow = "";
      // The focus goes to the tile that was looked at last, unless somebody is to type now.
      if (document.activeElement instanceof HTMLInputElement) return;
      focusTile(id);
    };
  }, [id]);

  const { data: lineage } = useQuery(lineageQuery(id));
  const source = lineage?.ancestors.branches.find(({ known }) => known)?.generation_id;
  const made = lineage?.descendants.branches.find(({ known }) => known)?.generation_id;
  const { compare } = here;
  const compareWith = (other: string | null | undefined) =>
    other !== id && go({ compare: other ?? null }, "replace");
  const walkCompare = (by: number) => {
    const at = ids.indexOf(compare ?? id) + by;
    compareWith(ids[ids[at] === id ? at + by : at] ?? compare);
  };
  const look = (next: string | undefined) => next && view(next);
  const of = (act: (generation: Generation) => void) => current && (() => act(current));
  const bulk = useBulk(current?.board_id);
  const remove = () => {
    if (!current || !isFinal(current)) return;
    bulk.remove([id]);
    view(null);
  };
  const keys: Record<string, (() => void) | undefined> = {
    arrowleft: () => look(before),
    arrowright: () => look(after),
    "alt+arrowleft": () => walkCompare(-1),
    "alt+arrowright": () => walkCompare(1),
    a: of((one) => recall(one, "all")),
    r: of((one) => recall(one, "remix")),
    p: of((one) => recall(one, "prompt")),
    s: of((one) => recall(one, "seed")),
    u: of((one) => canUse(one) && use(one)),
    c: () => compareWith(compare ? null : (source ?? after ?? before)),
    l: () => go({ ...TO_PAGE, page: "lineage", of: id }),
    "[": () => look(source),
    "]": () => look(made),
    ".": () => bulk.favour([id]),
    delete: remove,
    z: () => setBare(!isBare),
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const combo = comboOf(event);
    const action = keys[combo];
    // A player takes the arrows for itself, to go through what it plays.
    const isPlaying =
      combo.startsWith("arrow") &&
      event.target instanceof HTMLElement &&
      event.target.closest("video, audio");
    if (!action || isTyping(event.target) || isPlaying) return;
    event.preventDefault();
    action();
  };
  return (
    <dialog
      ref={dialog}
      aria-label={current ? titleOf(current) : "Full view"}
      onClose={() => view(null)}
      onKeyDown={onKeyDown}
      className="m-0 h-dvh w-dvw animate-fade overflow-hidden bg-wall backdrop:bg-transparent"
    >
      <div className="flex size-full flex-col overflow-y-auto lg:flex-row lg:overflow-hidden">
        <div
          className={`relative shrink-0 lg:h-full lg:min-w-0 lg:flex-1 lg:shrink ${isBare ? "h-dvh" : "h-[62dvh]"}`}
        >
          {current &&
            (compare ? (
              <Compare
                key={current.id}
                generation={current}
                otherId={compare}
                onClose={() => compareWith(null)}
              />
            ) : (
              <Stage key={current.id} generation={current} />
            ))}
          {error && !current && (
            <p role="alert" className="grid size-full place-items-center p-8 text-red">
              {said(error)}
            </p>
          )}
          <div className="absolute top-3 left-3 z-10">
            <StageButton label="Close" onClick={() => dialog.current?.close()}>
              <X size={19} />
            </StageButton>
          </div>
          <div className="absolute top-3 right-3 z-10 flex gap-1.5">
            {ids.length > 1 && !compare && (
              <StageButton label="Compare (C)" onClick={() => keys.c?.()}>
                <SplitSquareHorizontal size={18} />
              </StageButton>
            )}
            <StageButton label="Lineage (L)" onClick={() => keys.l?.()}>
              <Workflow size={18} />
            </StageButton>
            <span className="max-lg:hidden">
              <StageButton
                label={isBare ? "With the panel (Z)" : "Without the panel (Z)"}
                onClick={() => keys.z?.()}
              >
                {isBare ? <PanelRightOpen size={18} /> : <PanelRightClose size={18} />}
              </StageButton>
            </span>
          </div>
          <Neighbour side="left" to={before} onGo={view} />
          <Neighbour side="right" to={after} onGo={view} />
        </div>
        {current && !isBare && (
          <aside
            aria-label="Recipe"
            className="border-line bg-panel max-lg:border-t lg:w-[23.5rem] lg:shrink-0 lg:overflow-y-auto lg:border-l"
          >
            <Recipe
              key={current.id}
              generation={current}
              onDelete={remove}
              onFavourite={() => bulk.favour([id])}
            />
          </aside>
        )}
      </div>
    </dialog>
  );
}

interface NeighbourProps {
  side: "left" | "right";
  to: string | undefined;
  onGo: (id: string) => void;
}

function Neighbour({ side, to, onGo }: NeighbourProps) {
  if (!to) return null;
  const Icon = side === "left" ? ChevronLeft : ChevronRight;
  return (
    <div
      className={`absolute top-1/2 z-10 -translate-y-1/2 ${side === "left" ? "left-3" : "right-3"}`}
    >
      <StageButton label={side === "left" ? "Newer" : "Older"} onClick={() => onGo(to)}>
        <Icon size={20} />
      </StageButton>
    </div>
  );
}

export function StageButton({
  label,
  onClick,
  children,
}: {
  label: string;
  onClick: () => void;
  children: ReactNode;
}) {
  return (
    <IconButton
      label={label}
      onClick={onClick}
      className="bg-panel/80 shadow-print backdrop-blur hover:bg-panel"
    >
      {children}
    </IconButton>
  );
}
