import { useQuery } from "@tanstack/react-query";
import { Heart, ListFilter, Search, X } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";
import { tagsQuery } from "@/boards/curation";
import { cleaned, EVERYTHING, type Filter, isEverything } from "@/gallery/filter";
import { useSettled } from "@/kit/hooks";
import { useKeys } from "@/kit/keys";
import { generatorTitle } from "@/kit/texts";
import { TYPE_NAMES } from "@/kit/types";
import { useStudio } from "@/studio";

const TYPES = ["image", "video", "audio", "text", "lora"] as const;
const STATUSES = {
  processing: "Under way",
  completed: "Done",
  failed: "Failed",
  cancelled: "Cancelled",
};
export const SIZES = [150, 216, 300] as const;

interface Props {
  size: number;
  onSize: (size: number) => void;
}

/** What is looked for on the board, and how large it is shown. */
export function Filters({ size, onSize }: Props) {
  const { filter, narrow, ids, generators } = useStudio();
  const { data: tags = [] } = useQuery(tagsQuery);
  const [text, setText] = useState(filter.text ?? "");
  const settled = useSettled(text, 250);
  const box = useRef<HTMLInputElement>(null);
  const id = useId();
  const set = (part: { [key in keyof Filter]?: Filter[key] | undefined | "" }) =>
    narrow(cleaned({ ...filter, ...part }));
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is typed leads on
  useEffect(() => {
    if (settled !== (filter.text ?? "")) set({ text: settled.trim() });
  }, [settled]);
  useKeys({ "/": () => box.current?.focus() });
  const more = [filter.generator, filter.tag, filter.since, filter.until, filter.status].filter(
    Boolean,
  ).length;
  const chip =
    "h-8 shrink-0 rounded-full px-3 text-xs font-medium text-soft ring-1 ring-line ring-inset hover:text-ink aria-pressed:bg-ink aria-pressed:text-panel aria-pressed:ring-0";
  return (
    <div className="flex items-center gap-2 overflow-x-auto px-4 pt-3 [scrollbar-width:none] sm:px-6">
      <label className="relative w-40 shrink-0 sm:w-56">
        <Search
          size={15}
          className="absolute top-1/2 left-2.5 -translate-y-1/2 text-soft"
          aria-hidden="true"
        />
        <input
          ref={box}
          type="search"
          aria-label="Search this board"
          placeholder="Search this board"
          maxLength={200}
          className="field h-8 py-0 pl-8 text-[13px]"
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
      </label>
      <button
        type="button"
        aria-pressed={filter.favourite ?? false}
        aria-label="Favourites only"
        title="Favourites only"
        className={`${chip} px-2.5`}
        onClick={() => set({ favourite: filter.favourite ? undefined : true })}
      >
        <Heart size={14} />
      </button>
      {TYPES.map((type) => (
        <button
          key={type}
          type="button"
          aria-pressed={filter.type === type}
          className={`${chip} max-md:hidden`}
          onClick={() => set({ type: filter.type === type ? undefined : type })}
        >
          {TYPE_NAMES[type]}
        </button>
      ))}
      <button type="button" popoverTarget={id} className={`${chip} flex items-center gap-1.5`}>
        <ListFilter size={14} aria-hidden="true" /> Filters{more > 0 && ` · ${more}`}
      </button>
      {!isEverything(filter) && (
        <button
          type="button"
          className={`${chip} flex items-center gap-1`}
          onClick={() => {
            setText("");
            narrow(EVERYTHING);
          }}
        >
          <X size={13} aria-hidden="true" /> Clear
        </button>
      )}
      <span className="ml-auto shrink-0 text-xs text-soft tabular-nums" aria-live="polite">
        {ids.length.toLocaleString()} {ids.length === 1 ? "item" : "items"}
      </span>
      <input
        type="range"
        aria-label="Size of the tiles"
        title="Size of the tiles"
        min={0}
        max={SIZES.length - 1}
        value={Math.max(0, SIZES.indexOf(size as (typeof SIZES)[number]))}
        onChange={({ target }) => onSize(SIZES[Number(target.value)] ?? SIZES[1])}
        className="range max-w-20 max-sm:hidden"
      />
      <div
        id={id}
        popover="auto"
        className="fixed inset-auto top-28 right-4 m-0 w-72 rounded-2xl border border-line bg-raised p-4 text-ink shadow-sheet open:animate-rise sm:right-6"
      >
        <div className="flex flex-col gap-3">
          <Choice
            label="Type"
            value={filter.type ?? ""}
            options={TYPES.map((type) => [type, TYPE_NAMES[type]])}
            onChange={(type) => set({ type: type as Filter["type"] })}
          />
          <Choice
            label="Status"
            value={filter.status ?? ""}
            options={Object.entries(STATUSES)}
            onChange={(status) => set({ status: status as Filter["status"] })}
          />
          <Choice
            label="Generator"
            value={filter.generator ?? ""}
            options={generators.map((one) => [one.name, generatorTitle(one)])}
            onChange={(generator) => set({ generator })}
          />
          {tags.length > 0 && (
            <Choice
              label="Tag"
              value={filter.tag ?? ""}
              options={tags.map(({ slug, name }) => [slug, name])}
              onChange={(tag) => set({ tag })}
            />
          )}
          <div className="grid grid-cols-2 gap-2">
            <Day label="From" value={filter.since} onChange={(since) => set({ since })} />
            <Day label="To" value={filter.until} onChange={(until) => set({ until })} />
          </div>
        </div>
      </div>
    </div>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  options: readonly (readonly [string, string])[];
  onChange: (value: string) => void;
}

function Choice({ label, value, options, onChange }: ChoiceProps) {
  return (
    <label className="block text-xs font-medium text-soft">
      {label}
      <select
        className="field mt-1 h-9 appearance-none bg-[length:14px] bg-[right_0.75rem_center] bg-no-repeat pr-8 select-chevron text-sm font-normal"
        value={value}
        onChange={({ target }) => onChange(target.value)}
      >
        <option value="">Any</option>
        {options.map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

interface DayProps {
  label: string;
  value: string | undefined;
  onChange: (value: string) => void;
}

function Day({ label, value, onChange }: DayProps) {
  return (
    <label className="block text-xs font-medium text-soft">
      {label}
      <input
        type="date"
        className="field mt-1 text-sm font-normal"
        value={value ?? ""}
        onChange={({ target }) => onChange(target.value)}
      />
    </label>
  );
}
