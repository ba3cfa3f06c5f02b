import { ArrowLeft, History, Search, Star } from "lucide-react";
import { type KeyboardEvent, useId, useState } from "react";
import type { ArtifactType, Generation, Generator } from "@/api/client";
import { matching, providersOf, ranked, typesOf } from "@/generate/choice";
import { LATELY, LIKED } from "@/generate/likes";
import { Thumb } from "@/generate/slots";
import { IconButton } from "@/kit/button";
import { stored, textsIn, useStored } from "@/kit/stored";
import { generatorTitle, titleOf } from "@/kit/texts";
import { TYPE_NAMES, TypeIcon } from "@/kit/types";

interface Props {
  generators: readonly Generator[];
  current: string;
  /** The artifact that is to be used by what is chosen. */
  placing: Generation | null;
  onChoose: (name: string) => void;
  onClose: () => void;
}

/** The list of generators, found by type and by typing; all of it works by keys. */
export default function Chooser({ generators, current, placing, onChoose, onClose }: Props) {
  const [text, setText] = useState("");
  const [type, setType] = useState<ArtifactType | null>(null);
  const [provider, setProvider] = useState("");
  const [liked] = useStored(LIKED, textsIn);
  const [lately] = useState(() => textsIn(stored(LATELY)));
  const [at, setAt] = useState(0);
  const id = useId();
  const fitting = matching(generators, text, type).filter(
    (one) => provider === "" || one.provider === provider,
  );
  const likes = new Set(liked);
  const found = text ? fitting : ranked(fitting, likes, lately);
  const active = found[Math.min(at, found.length - 1)];
  const optionId = (name: string) => `${id}-${name}`;
  const move = (to: number) => {
    const next = Math.max(0, Math.min(to, found.length - 1));
    setAt(next);
    const name = found[next]?.name;
    if (name) document.getElementById(optionId(name))?.scrollIntoView({ block: "nearest" });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") move(at + 1);
    else if (event.key === "ArrowUp") move(at - 1);
    else if (event.key === "Enter" && active) onChoose(active.name);
    else if (event.key === "Escape") onClose();
    else return;
    event.preventDefault();
  };
  return (
    <div className="flex min-h-0 flex-1 animate-fade flex-col">
      <div className="flex items-center gap-1 p-3 pb-2">
        <IconButton label="Back to the form" onClick={onClose}>
          <ArrowLeft size={18} />
        </IconButton>
        <label className="relative flex-1">
          <Search
            size={16}
            className="absolute top-1/2 left-3 -translate-y-1/2 text-soft"
            aria-hidden="true"
          />
          <input
            // biome-ignore lint/a11y/noAutofocus: somebody has just asked to search
            autoFocus
            role="combobox"
            aria-label="Search generators"
            aria-expanded="true"
            aria-controls={`${id}-list`}
            aria-activedescendant={active ? optionId(active.name) : undefined}
            placeholder="Search generators"
            className="field h-10 pl-9"
            value={text}
            onKeyDown={onKeyDown}
            onChange={({ target }) => {
              setText(target.value);
              setAt(0);
            }}
          />
        </label>
      </div>
      {placing && (
        <p className="flex items-center gap-3 px-4 pb-3">
          <span className="size-11 shrink-0 overflow-hidden rounded-lg">
            <Thumb generation={placing} />
          </span>
          <span className="min-w-0">
            <span className="block text-xs text-soft">Choose what to make from</span>
            <span className="block truncate font-medium">{titleOf(placing)}</span>
          </span>
        </p>
      )}
      <fieldset className="flex flex-wrap gap-1.5 px-4 pb-2">
        <legend className="sr-only">What it makes</legend>
        {[null, ...typesOf(generators)].map((one) => (
          <button
            key={one ?? "all"}
            type="button"
            aria-pressed={type === one}
            onClick={() => {
              setType(one);
              setAt(0);
            }}
            className="h-7 rounded-full px-3 text-xs font-medium text-soft ring-1 ring-line ring-inset hover:text-ink aria-pressed:bg-ink aria-pressed:text-panel aria-pressed:ring-0"
          >
            {one ? TYPE_NAMES[one] : "All"}
          </button>
        ))}
        <select
          aria-label="Provider"
          value={provider}
          onChange={({ target }) => {
            setProvider(target.value);
            setAt(0);
          }}
          className="ml-auto h-7 appearance-none rounded-full bg-[length:12px] bg-[right_0.6rem_center] bg-no-repeat pr-7 pl-3 text-xs font-medium text-soft ring-1 ring-line ring-inset select-chevron hover:text-ink"
        >
          <option value="">Any provider</option>
          {providersOf(generators).map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      </fieldset>
      <div
        role="listbox"
        id={`${id}-list`}
        aria-label="Generators"
        className="min-h-0 flex-1 overflow-y-auto px-3 pb-4"
      >
        {found.map((one) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the search box keeps the focus
          // biome-ignore lint/a11y/useKeyWithClickEvents: the search box takes the keys
          <div
            key={one.name}
            id={optionId(one.name)}
            role="option"
            aria-selected={one === active}
            onClick={() => onChoose(one.name)}
            onMouseMove={() => setAt(found.indexOf(one))}
            className="flex cursor-pointer gap-3 rounded-xl p-2.5 aria-selected:bg-well"
          >
            <span className="mt-0.5 text-soft">
              <TypeIcon type={one.artifact_type} size={17} />
            </span>
            <span className="min-w-0 flex-1">
              <span className="flex items-baseline gap-2">
                <span className="truncate font-medium">{generatorTitle(one)}</span>
                {one.name === current && <span className="text-xs text-accent">chosen</span>}
                {likes.has(one.name) && (
                  <Star
                    size={12}
                    fill="currentColor"
                    className="shrink-0 self-center text-amber"
                    aria-label="favourite"
                  />
                )}
                {lately.includes(one.name) && !likes.has(one.name) && (
                  <History
                    size={12}
                    className="shrink-0 self-center text-soft"
                    aria-label="used lately"
                  />
                )}
                <span className="ml-auto shrink-0 text-xs text-soft">{one.provider}</span>
              </span>
              <span
                className={`line-clamp-2 text-xs ${one.unavailable ? "text-amber" : "text-soft"}`}
              >
                {one.unavailable ?? one.description}
              </span>
            </span>
          </div>
        ))}
        {found.length === 0 && <p className="p-3 text-soft">No generator is called that.</p>}
      </div>
    </div>
  );
}
