import { useQuery } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight, X } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import { said } from "@/api/problem";
import { generationQuery } from "@/api/queries";
import { focusTile } from "@/gallery/grid";
import { IconButton } from "@/kit/button";
import { titleOf } from "@/kit/texts";
import { useStudio } from "@/studio";
import { Recipe } from "@/viewer/recipe";
import { Stage } from "@/viewer/stage";

/** One generation over the whole page: itself, how it was made, and what it is linked with. */
export default function Viewer({ id }: { id: string }) {
  const { ids, view } = useStudio();
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

  const onKeyDown = (event: KeyboardEvent) => {
    if (
      event.target instanceof HTMLElement &&
      event.target.closest("input, textarea, video, audio")
    ) {
      return;
    }
    if (event.key === "ArrowLeft" && before) view(before);
    if (event.key === "ArrowRight" && after) view(after);
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
        <div className="relative h-[62dvh] shrink-0 lg:h-full lg:min-w-0 lg:flex-1 lg:shrink">
          {current && <Stage key={current.id} generation={current} />}
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
          <Neighbour side="left" to={before} onGo={view} />
          <Neighbour side="right" to={after} onGo={view} />
        </div>
        {current && (
          <aside className="border-line bg-panel max-lg:border-t lg:w-[23.5rem] lg:shrink-0 lg:overflow-y-auto lg:border-l">
            <Recipe key={current.id} generation={current} />
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
