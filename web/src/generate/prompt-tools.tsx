import { History, Palette, Plus, Trash2 } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";
import { usedNow, type Walk, walked } from "@/generate/lately";
import { STYLES, type Style, styled, stylesIn, unstyled } from "@/generate/styles";
import { useStable } from "@/kit/hooks";
import { store, stored, textsIn, useStored } from "@/kit/stored";

const HISTORY = "boards.prompts";
const MOST = 100;

/** Keep a prompt that was sent. */
export function keepPrompt(prompt: unknown): void {
  if (typeof prompt !== "string" || !prompt.trim()) return;
  store(HISTORY, usedNow(textsIn(stored(HISTORY)), prompt.trim(), MOST));
}

interface Props {
  prompt: string;
  onChange: (prompt: string) => void;
}

/** Earlier prompts and styles, below the field for the prompt. */
export function PromptTools({ prompt, onChange }: Props) {
  const id = useId();
  const [own, setOwn] = useStored<Style[]>("boards.styles", stylesIn);
  const [name, setName] = useState("");
  const [history, setHistory] = useState<string[]>([]);
  const box = useRef<HTMLDivElement>(null);
  useWalk(box, prompt, onChange);
  const styles = [...own, ...STYLES];
  const bare = unstyled(prompt, styles);
  const close = (which: string) => document.getElementById(`${id}-${which}`)?.hidePopover();
  const chip =
    "inline-flex h-7 items-center gap-1.5 rounded-lg px-2 text-xs text-soft hover:bg-well hover:text-ink";
  const sheet =
    "fixed inset-auto top-24 left-4 m-0 max-h-[70vh] w-80 max-w-[calc(100vw-2rem)] overflow-y-auto rounded-2xl border border-line bg-raised p-1.5 text-ink shadow-sheet";
  const row = "block w-full rounded-[0.625rem] px-2.5 py-2 text-left text-[13px] hover:bg-well";
  return (
    <div ref={box} className="-mt-3.5 flex gap-1">
      <button
        type="button"
        popoverTarget={`${id}-history`}
        className={chip}
        onClick={() => setHistory(textsIn(stored(HISTORY)))}
      >
        <History size={14} aria-hidden="true" /> Earlier prompts
      </button>
      <button type="button" popoverTarget={`${id}-styles`} className={chip}>
        <Palette size={14} aria-hidden="true" /> Styles
      </button>
      <div id={`${id}-history`} popover="auto" className={sheet}>
        {history.length === 0 && (
          <p className="p-2.5 text-soft">Prompts that you have sent stand here.</p>
        )}
        {history.map((one) => (
          <button
            key={one}
            type="button"
            className={`${row} line-clamp-3`}
            onClick={() => {
              close("history");
              onChange(one);
            }}
          >
            {one}
          </button>
        ))}
      </div>
      <div id={`${id}-styles`} popover="auto" className={sheet}>
        {styles.map((style) => (
          <div key={style.name} className="flex items-center">
            <button
              type="button"
              className={row}
              onClick={() => {
                close("styles");
                onChange(styled(bare, style));
              }}
            >
              {style.name}
              <span className="block truncate text-xs text-soft">{style.template}</span>
            </button>
            {own.includes(style) && (
              <button
                type="button"
                aria-label={`Forget the style ${style.name}`}
                className="grid size-8 shrink-0 place-items-center text-soft hover:text-ink"
                onClick={() => setOwn((all) => all.filter((one) => one !== style))}
              >
                <Trash2 size={14} />
              </button>
            )}
          </div>
        ))}
        {bare !== prompt && (
          <button
            type="button"
            className={row}
            onClick={() => {
              close("styles");
              onChange(bare);
            }}
          >
            Without a style
          </button>
        )}
        <form
          className="mt-1.5 flex gap-1.5 border-t border-line pt-1.5"
          onSubmit={(event) => {
            event.preventDefault();
            const style = { name: name.trim(), template: prompt };
            setOwn((all) => [style, ...all.filter((one) => one.name !== style.name)]);
            setName("");
          }}
        >
          <input
            aria-label="What to call this style"
            placeholder="Keep this as a style"
            maxLength={60}
            className="field h-9 border-line py-0 text-[13px]"
            value={name}
            onChange={({ target }) => setName(target.value)}
          />
          <button
            type="submit"
            aria-label="Keep the style"
            disabled={!name.trim() || !prompt.trim()}
            className="grid size-9 shrink-0 place-items-center rounded-[0.625rem] bg-well text-soft hover:text-ink disabled:opacity-40"
          >
            <Plus size={16} />
          </button>
        </form>
        <p className="px-2.5 py-1.5 text-xs text-soft">
          {"{prompt}"} in a style is where what you write goes.
        </p>
      </div>
    </div>
  );
}

/** Alt with the arrows leads through earlier prompts, in the field above. */
function useWalk(
  box: React.RefObject<HTMLDivElement | null>,
  prompt: string,
  onChange: (prompt: string) => void,
): void {
  const walk = useRef<Walk>({ at: -1, written: "" });
  const last = useRef(prompt);
  const onKey = useStable((event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    if (!(event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLInputElement))
      return;
    // Whoever types begins anew.
    if (last.current !== prompt) walk.current = { at: -1, written: "" };
    const by = event.key === "ArrowUp" ? 1 : -1;
    const next = walked(walk.current, by, textsIn(stored(HISTORY)), prompt);
    event.preventDefault();
    if (!next) return;
    walk.current = next.walk;
    last.current = next.text;
    onChange(next.text);
  });
  useEffect(() => {
    const field = box.current?.previousElementSibling;
    if (!(field instanceof HTMLElement)) return;
    field.addEventListener("keydown", onKey);
    return () => field.removeEventListener("keydown", onKey);
  }, [box, onKey]);
}
