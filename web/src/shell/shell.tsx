import {
  ChartNoAxesColumn,
  CircleHelp,
  Clapperboard,
  Plus,
  Search,
  Settings2,
  WifiOff,
} from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { BoardPicker } from "@/boards/picker";
import { Gallery } from "@/gallery/gallery";
import { GeneratePanel } from "@/generate/panel";
import { JobsButton } from "@/jobs/button";
import { Button, IconButton } from "@/kit/button";
import { useMedia } from "@/kit/hooks";
import { useKeys } from "@/kit/keys";
import { Mark } from "@/kit/mark";
import { ThemeSwitch } from "@/kit/theme";
import { Toasts } from "@/kit/toasts";
import { Account } from "@/people/account";
import { type PageName, TO_PAGE } from "@/place";
import { useOnline } from "@/shell/online";
import { useStudio } from "@/studio";

const BoardMenu = lazy(() => import("@/boards/menu"));
const Home = lazy(() => import("@/boards/home"));
const Viewer = lazy(() => import("@/viewer/viewer"));
const Palette = lazy(() => import("@/shell/palette"));
const KeySheet = lazy(() => import("@/shell/keys"));
const Tray = lazy(() => import("@/jobs/tray"));
const LineagePage = lazy(() => import("@/lineage/page"));
const SpendPage = lazy(() => import("@/account/spend"));
const SettingsPage = lazy(() => import("@/account/settings"));
const StoryPage = lazy(() => import("@/story/page"));

/** What stands around every page, and which page is shown. */
export function Shell() {
  const { here, viewed, openForm } = useStudio();
  const [over, setOver] = useState<"palette" | "keys" | null>(null);
  const [isTrayOpen, openTray] = useState(false);
  const isBoard = here.page === "board";
  const toForm = () => {
    openForm(true);
    focusForm();
  };
  useKeys({
    "mod+k": () => setOver("palette"),
    "?": () => setOver("keys"),
    j: () => openTray(!isTrayOpen),
    g: isBoard ? toForm : undefined,
  });
  const close = () => setOver(null);
  return (
    <>
      <a
        href="#main"
        className="fixed top-2 left-2 z-50 -translate-y-20 rounded-lg bg-ink px-3 py-2 text-panel focus:translate-y-0"
      >
        To the content
      </a>
      <Header
        isTrayOpen={isTrayOpen}
        onFind={() => setOver("palette")}
        onKeys={() => setOver("keys")}
        onTray={() => openTray(!isTrayOpen)}
      />
      <div className="flex min-h-[calc(100dvh-3.5rem)] items-stretch">
        {isBoard && <FormAside />}
        <Main />
        {isTrayOpen && (
          <Suspense>
            <Tray onClose={() => openTray(false)} />
          </Suspense>
        )}
      </div>
      <MakeButton />
      <Suspense>
        {viewed && <Viewer id={viewed} />}
        {over === "palette" && (
          <Palette onClose={close} onKeys={() => setOver("keys")} onJobs={() => openTray(true)} />
        )}
        {over === "keys" && <KeySheet onClose={close} />}
      </Suspense>
      <Toasts />
    </>
  );
}

function Main() {
  const { here, isFormOpen } = useStudio();
  const isNarrow = useMedia("(width < 64rem)");
  return (
    <main
      id="main"
      tabIndex={-1}
      className={`flex min-w-0 flex-1 outline-none ${here.page === "board" ? "max-lg:pb-24" : ""}`}
      inert={here.page === "board" && isFormOpen && isNarrow}
    >
      <Suspense fallback={<p className="sr-only">Loading</p>}>
        <PageOf name={here.page} />
      </Suspense>
    </main>
  );
}

function PageOf({ name }: { name: PageName }) {
  switch (name) {
    case "home":
      return <Home />;
    case "board":
      return <Gallery />;
    case "lineage":
      return <LineagePage />;
    case "spend":
      return <SpendPage />;
    case "settings":
      return <SettingsPage />;
    case "story":
      return <StoryPage />;
  }
}

function FormAside() {
  const { isFormOpen } = useStudio();
  return (
    <aside
      aria-label="Generate"
      className={`z-30 flex flex-col border-line bg-panel max-lg:fixed max-lg:inset-0 lg:sticky lg:top-14 lg:h-[calc(100dvh-3.5rem)] lg:w-[23.5rem] lg:shrink-0 lg:border-r ${
        isFormOpen ? "max-lg:animate-rise" : "max-lg:hidden"
      }`}
    >
      <GeneratePanel />
    </aside>
  );
}

function MakeButton() {
  const { here, isFormOpen, openForm, picking, selection } = useStudio();
  if (here.page !== "board" || isFormOpen || picking || selection.ids.size) return null;
  return (
    <Button
      look="strong"
      className="fixed inset-x-4 bottom-[max(1rem,env(safe-area-inset-bottom))] z-20 h-12 rounded-2xl shadow-sheet hover:opacity-100 lg:hidden"
      onClick={() => openForm(true)}
    >
      <Plus size={18} /> Make something
    </Button>
  );
}

interface HeaderProps {
  isTrayOpen: boolean;
  onFind: () => void;
  onKeys: () => void;
  onTray: () => void;
}

function Header({ isTrayOpen, onFind, onKeys, onTray }: HeaderProps) {
  const { here, go, board } = useStudio();
  const to = (page: PageName) => () => go({ ...TO_PAGE, page });
  return (
    <header className="sticky top-0 z-30 flex h-14 items-center justify-between gap-2 border-b border-line bg-wall/85 px-2 backdrop-blur-xl sm:px-4">
      <div className="flex min-w-0 items-center gap-1">
        <button
          type="button"
          aria-label="All boards"
          title="All boards"
          onClick={to("home")}
          className="grid size-9 shrink-0 place-items-center rounded-[0.625rem] hover:bg-well"
        >
          <Mark className="size-6" />
        </button>
        <h1 className="sr-only">Boards</h1>
        <BoardPicker />
        {board && here.page === "board" && <BoardMenu board={board} onDeleted={to("home")} />}
      </div>
      <Connection />
      <nav aria-label="Studio" className="flex items-center gap-0.5">
        <IconButton label="Find (Ctrl+K or ⌘K)" onClick={onFind}>
          <Search size={18} strokeWidth={1.75} />
        </IconButton>
        <JobsButton isOpen={isTrayOpen} onClick={onTray} />
        {PAGES.map(({ page, label, Icon }) => (
          <IconButton
            key={page}
            label={label}
            aria-current={here.page === page ? "page" : undefined}
            className="aria-[current]:bg-well aria-[current]:text-ink max-sm:hidden"
            onClick={to(page)}
          >
            <Icon size={18} strokeWidth={1.75} />
          </IconButton>
        ))}
        <IconButton label="Keys (?)" className="max-md:hidden" onClick={onKeys}>
          <CircleHelp size={18} strokeWidth={1.75} />
        </IconButton>
        <span className="max-sm:hidden">
          <ThemeSwitch />
        </span>
        <Account />
        <MoreMenu onKeys={onKeys} />
      </nav>
    </header>
  );
}

const PAGES = [
  { page: "story", label: "Stories", Icon: Clapperboard },
  { page: "spend", label: "Spend", Icon: ChartNoAxesColumn },
  { page: "settings", label: "Settings", Icon: Settings2 },
] as const;

/** On a narrow screen, what has no room above. */
function MoreMenu({ onKeys }: { onKeys: () => void }) {
  const { go } = useStudio();
  const id = "more-menu";
  const row = "flex h-11 w-full items-center gap-3 rounded-[0.625rem] px-3 text-left hover:bg-well";
  const close = () => document.getElementById(id)?.hidePopover();
  return (
    <span className="sm:hidden">
      <button
        type="button"
        popoverTarget={id}
        aria-label="More"
        className="inline-grid size-9 place-items-center rounded-[0.625rem] text-soft hover:bg-well"
      >
        <span aria-hidden="true" className="text-lg leading-none">
          ⋯
        </span>
      </button>
      <div
        id={id}
        popover="auto"
        className="fixed top-14 right-2 left-auto m-0 w-56 rounded-2xl border border-line bg-raised p-1.5 text-ink shadow-sheet"
      >
        {PAGES.map(({ page, label, Icon }) => (
          <button
            key={page}
            type="button"
            className={row}
            onClick={() => {
              close();
              go({ ...TO_PAGE, page });
            }}
          >
            <Icon size={17} aria-hidden="true" /> {label}
          </button>
        ))}
        <button
          type="button"
          className={row}
          onClick={() => {
            close();
            onKeys();
          }}
        >
          <CircleHelp size={17} aria-hidden="true" /> Keys
        </button>
        <div className="flex items-center gap-1 px-1 text-[13px]">
          <ThemeSwitch /> Theme
        </div>
      </div>
    </span>
  );
}

/** Says when what is shown may not be current. */
function Connection() {
  const { connection, here } = useStudio();
  const isOnline = useOnline();
  const text = !isOnline
    ? "Offline"
    : here.page === "board" && connection === "lost"
      ? "Connecting again"
      : null;
  return (
    <p role="status" className="ml-auto flex items-center text-amber">
      {text && (
        <span
          className="flex items-center gap-1.5 rounded-full bg-amber-soft px-3 py-1 text-xs font-medium"
          title={isOnline ? undefined : "What is shown stays. Nothing is sent until you are back."}
        >
          <WifiOff size={14} aria-hidden="true" />
          <span className="max-sm:sr-only">{text}</span>
        </span>
      )}
    </p>
  );
}

/** The first field of the form, or its search box. */
function focusForm(): void {
  requestAnimationFrame(() =>
    document
      .querySelector<HTMLElement>(
        "aside[aria-label=Generate] :is(textarea, input:not([type=file]), select)",
      )
      ?.focus(),
  );
}
