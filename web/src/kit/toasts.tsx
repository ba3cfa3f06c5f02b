import { CircleAlert, X } from "lucide-react";
import { useEffect, useRef, useSyncExternalStore } from "react";
import { said } from "@/api/problem";
import { IconButton } from "@/kit/button";

/** A word about what was done, perhaps with a way back. */
export interface Toast {
  id: number;
  text: string;
  tone: "plain" | "trouble";
  action?: { label: string; act: () => void };
}

const STAY_MS = 8000;
const MOST = 3;
let toasts: readonly Toast[] = [];
let count = 0;
const listeners = new Set<() => void>();

function set(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

export function toast(text: string, more: Partial<Pick<Toast, "tone" | "action">> = {}): void {
  count += 1;
  const one: Toast = { id: count, text, tone: "plain", ...more };
  set([...toasts, one].slice(-MOST));
}

/** Tell that something went wrong, in the server's words. */
export function complain(error: unknown): void {
  toast(said(error), { tone: "trouble" });
}

function dismiss(id: number): void {
  set(toasts.filter((one) => one.id !== id));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function Toasts() {
  const all = useSyncExternalStore(subscribe, () => toasts);
  const layer = useRef<HTMLElement>(null);
  const newest = all.at(-1)?.id;
  // Shown anew with each, so that it also lies over a dialog that was opened since.
  useEffect(() => {
    const element = layer.current;
    if (!element) return;
    element.hidePopover();
    if (newest !== undefined) element.showPopover();
  }, [newest]);
  return (
    <section
      ref={layer}
      popover="manual"
      aria-label="Messages"
      className="fixed inset-auto bottom-4 left-1/2 m-0 w-[min(26rem,calc(100vw-2rem))] -translate-x-1/2 bg-transparent p-0 lg:bottom-6"
    >
      <div aria-live="polite" className="flex flex-col gap-2">
        {all.map((one) => (
          <Line key={one.id} toast={one} />
        ))}
      </div>
    </section>
  );
}

function Line({ toast: { id, text, tone, action } }: { toast: Toast }) {
  const isHeld = useRef(false);
  useEffect(() => {
    const timer = setInterval(() => !isHeld.current && dismiss(id), STAY_MS);
    return () => clearInterval(timer);
  }, [id]);
  const hold = (held: boolean) => () => {
    isHeld.current = held;
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only stays while it is pointed at
    <div
      data-toast
      onMouseEnter={hold(true)}
      onMouseLeave={hold(false)}
      onFocus={hold(true)}
      onBlur={hold(false)}
      className="flex animate-rise items-center gap-2 rounded-xl bg-ink py-1.5 pr-1.5 pl-4 text-panel shadow-sheet"
    >
      {tone === "trouble" && <CircleAlert size={16} className="shrink-0" aria-hidden="true" />}
      <p className="min-w-0 flex-1 py-1 break-words">{text}</p>
      {action && (
        <button
          type="button"
          className="h-8 shrink-0 rounded-lg px-3 font-semibold hover:bg-panel/15"
          onClick={() => {
            dismiss(id);
            action.act();
          }}
        >
          {action.label}
        </button>
      )}
      <IconButton
        label="Dismiss"
        className="size-8 text-panel/70 hover:bg-panel/15 hover:text-panel"
        onClick={() => dismiss(id)}
      >
        <X size={15} />
      </IconButton>
    </div>
  );
}
