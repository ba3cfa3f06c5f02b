import { X } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { IconButton } from "@/kit/button";

interface Props {
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** Without its own heading, as a palette is. */
  isBare?: boolean;
  className?: string;
}

/** A sheet over the page, which waits behind it. The browser keeps the focus inside. */
export function Modal({ title, onClose, children, isBare = false, className = "w-md" }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc closes a dialog by itself
    <dialog
      ref={dialog}
      aria-label={title}
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && dialog.current.close()}
      className={`mx-auto mt-[10vh] mb-auto max-h-[80vh] max-w-[calc(100vw-2rem)] animate-rise overflow-y-auto rounded-2xl border border-line bg-panel shadow-sheet backdrop:bg-black/40 ${className}`}
    >
      {!isBare && (
        <header className="sticky top-0 z-10 flex items-center justify-between bg-panel py-3 pr-3 pl-5">
          <h2 className="text-base font-semibold tracking-tight">{title}</h2>
          <IconButton label="Close" onClick={() => dialog.current?.close()}>
            <X size={18} />
          </IconButton>
        </header>
      )}
      {children}
    </dialog>
  );
}
