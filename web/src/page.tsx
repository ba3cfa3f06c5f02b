import { Plus, WifiOff } from "lucide-react";
import { lazy, Suspense } from "react";
import { BoardPicker } from "@/boards/picker";
import { Gallery } from "@/gallery/gallery";
import { GeneratePanel } from "@/generate/panel";
import { Button } from "@/kit/button";
import { useMedia } from "@/kit/hooks";
import { Mark } from "@/kit/mark";
import { ThemeSwitch } from "@/kit/theme";
import { Account } from "@/people/account";
import { useStudio } from "@/studio";

const Viewer = lazy(() => import("@/viewer/viewer"));

export function Page() {
  const { viewed, isFormOpen, openForm, connection, picking } = useStudio();
  const isNarrow = useMedia("(width < 64rem)");
  return (
    <>
      <header className="sticky top-0 z-30 flex h-14 items-center justify-between gap-2 border-b border-line bg-wall/85 px-3 backdrop-blur-xl sm:px-4">
        <div className="flex min-w-0 items-center gap-1.5">
          <Mark className="ml-1 size-6" />
          <h1 className="sr-only">Boards</h1>
          <BoardPicker />
        </div>
        <div className="flex items-center gap-1">
          {connection === "lost" && (
            <p role="status" className="flex items-center gap-1.5 px-2 text-amber">
              <WifiOff size={16} aria-hidden="true" />
              <span className="hidden sm:inline">Connecting again</span>
            </p>
          )}
          <ThemeSwitch />
          <Account />
        </div>
      </header>
      <div className="flex min-h-[calc(100dvh-3.5rem)] items-stretch">
        <aside
          aria-label="Generate"
          className={`z-30 flex flex-col border-line bg-panel max-lg:fixed max-lg:inset-0 lg:sticky lg:top-14 lg:h-[calc(100dvh-3.5rem)] lg:w-[23.5rem] lg:shrink-0 lg:border-r ${
            isFormOpen ? "max-lg:animate-rise" : "max-lg:hidden"
          }`}
        >
          <GeneratePanel />
        </aside>
        <main className="flex min-w-0 flex-1 max-lg:pb-24" inert={isFormOpen && isNarrow}>
          <Gallery />
        </main>
      </div>
      {!isFormOpen && !picking && (
        <Button
          look="strong"
          className="fixed inset-x-4 bottom-[max(1rem,env(safe-area-inset-bottom))] z-20 h-12 rounded-2xl shadow-sheet hover:opacity-100 lg:hidden"
          onClick={() => openForm(true)}
        >
          <Plus size={18} /> Make something
        </Button>
      )}
      {viewed && (
        <Suspense>
          <Viewer id={viewed} />
        </Suspense>
      )}
    </>
  );
}
