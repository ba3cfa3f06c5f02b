import { Dices, X } from "lucide-react";
import type { WidgetProps } from "@/generate/field";
import { type Field, isShape, type Json } from "@/generate/form";
import { IconButton } from "@/kit/button";

const SEED_LIMIT = 2 ** 32 - 1;
const FEW = 5;

export function TextBox({ field, value, onChange, id, describedBy, isInvalid }: WidgetProps) {
  const props = {
    id,
    "aria-describedby": describedBy,
    "aria-invalid": isInvalid,
    value: typeof value === "string" ? value : "",
    placeholder: typeof field.otherwise === "string" ? field.otherwise : hintOf(field),
    onChange: ({ target }: { target: { value: string } }) => onChange(target.value || undefined),
  };
  if (field.widget === "text") return <input type="text" className="field h-9" {...props} />;
  return (
    <textarea
      rows={3}
      className="field block min-h-20 resize-none [field-sizing:content]"
      {...props}
    />
  );
}

/** A large empty box says itself what belongs into it. */
export function hintOf({ widget, help, otherwise }: Field): string {
  return widget === "textarea" && typeof otherwise !== "string" ? help : "";
}

export function NumberBox({ field, value, onChange, id, describedBy, isInvalid }: WidgetProps) {
  return (
    <input
      id={id}
      type="number"
      className="field h-9 tabular-nums"
      aria-describedby={describedBy}
      aria-invalid={isInvalid}
      min={field.minimum}
      max={field.maximum}
      step={field.step}
      placeholder={field.otherwise === undefined ? "" : String(field.otherwise)}
      value={typeof value === "number" ? value : ""}
      onChange={({ target }) => onChange(numberOf(target.value))}
    />
  );
}

export function Slider({ field, value, onChange, id, describedBy, isInvalid }: WidgetProps) {
  const { minimum = 0, maximum = 1 } = field;
  const shown = Number(value ?? field.otherwise ?? minimum);
  const step = field.step === "any" ? (maximum - minimum) / 100 : field.step;
  const share = (shown - minimum) / (maximum - minimum || 1);
  return (
    <input
      id={id}
      type="range"
      className="range"
      style={{ "--filled": `${share * 100}%` } as React.CSSProperties}
      aria-describedby={describedBy}
      aria-invalid={isInvalid}
      min={minimum}
      max={maximum}
      step={step}
      value={shown}
      onChange={({ target }) => onChange(Number(Number(target.value).toFixed(6)))}
    />
  );
}

/** Empty means a new seed each time; the dice draw one to keep. */
export function Seed({ field, value, onChange, id, describedBy, isInvalid }: WidgetProps) {
  const lowest = field.minimum ?? 0;
  const highest = Math.min(field.maximum ?? SEED_LIMIT, Number.MAX_SAFE_INTEGER);
  const draw = () => onChange(lowest + Math.floor(Math.random() * (highest - lowest + 1)));
  return (
    <div className="flex gap-1">
      <input
        id={id}
        type="number"
        inputMode="numeric"
        className="field h-9 tabular-nums"
        aria-describedby={describedBy}
        aria-invalid={isInvalid}
        min={lowest}
        max={highest}
        step={1}
        placeholder={field.otherwise === undefined ? "New each time" : String(field.otherwise)}
        value={typeof value === "number" ? value : ""}
        onChange={({ target }) => onChange(numberOf(target.value))}
      />
      {value !== undefined && (
        <IconButton label="Forget the seed" onClick={() => onChange(undefined)}>
          <X size={16} />
        </IconButton>
      )}
      <IconButton label="Draw a seed" onClick={draw}>
        <Dices size={18} strokeWidth={1.75} />
      </IconButton>
    </div>
  );
}

export function Toggle({ field, value, onChange, id, describedBy }: WidgetProps) {
  const isOn = Boolean(value ?? field.otherwise ?? false);
  return (
    <input
      id={id}
      type="checkbox"
      role="switch"
      aria-describedby={describedBy}
      checked={isOn}
      aria-checked={isOn}
      onChange={({ target }) => onChange(target.checked)}
      className="relative h-5 w-9 shrink-0 cursor-pointer appearance-none rounded-full bg-edge transition-colors before:absolute before:top-0.5 before:left-0.5 before:size-4 before:rounded-full before:bg-panel before:transition-transform checked:bg-ink checked:before:translate-x-4"
    />
  );
}

/** A colour by its hex digits or from the system's own chooser. */
export function Colour({ field, value, onChange, id, describedBy, isInvalid }: WidgetProps) {
  const otherwise = typeof field.otherwise === "string" ? field.otherwise : "";
  const text = typeof value === "string" ? value : "";
  const shown = [text, otherwise].find((one) => /^#[0-9a-f]{6}$/i.test(one));
  return (
    <div className="flex gap-1">
      <input
        id={id}
        type="text"
        spellCheck={false}
        className="field h-9 font-mono text-xs"
        aria-describedby={describedBy}
        aria-invalid={isInvalid}
        placeholder={otherwise || "#rrggbb"}
        value={text}
        onChange={({ target }) => onChange(target.value || undefined)}
      />
      <input
        type="color"
        aria-label={`Choose ${field.title}`}
        className="h-9 w-11 shrink-0 cursor-pointer rounded-[0.625rem] bg-well p-1.5"
        value={shown ?? "#808080"}
        onChange={({ target }) => onChange(target.value)}
      />
    </div>
  );
}

/** A few short options stand side by side, shapes as shapes; many become a list to open. */
export function Pick(props: WidgetProps) {
  const { field, value, onChange, id, describedBy, isInvalid } = props;
  const shown = value ?? field.otherwise;
  const canBeNone = !field.isRequired && field.otherwise === undefined;
  if (isShapes(field) || isFew(field)) return <Segments {...props} />;
  return (
    <select
      id={id}
      aria-labelledby={`${id}-label`}
      aria-describedby={describedBy}
      aria-invalid={isInvalid}
      className="field h-9 appearance-none bg-[length:14px] bg-[right_0.75rem_center] bg-no-repeat pr-8 select-chevron"
      value={shown === undefined ? -1 : field.options.indexOf(shown)}
      onChange={({ target }) => onChange(field.options[Number(target.value)])}
    >
      {(canBeNone || shown === undefined) && (
        <option value={-1}>{canBeNone ? "Any" : "Choose…"}</option>
      )}
      {field.options.map((option, place) => (
        <option key={String(option)} value={place}>
          {optionText(option)}
        </option>
      ))}
    </select>
  );
}

function Segments({ field, value, onChange, id }: WidgetProps) {
  const shown = value ?? field.otherwise;
  const areShapes = isShapes(field);
  const canBeNone = !field.isRequired && field.otherwise === undefined;
  return (
    <div className={`grid gap-1 ${areShapes ? "grid-cols-5" : "auto-cols-fr grid-flow-col"}`}>
      {field.options.map((option) => (
        <label
          key={String(option)}
          className="relative flex min-h-9 cursor-pointer flex-col items-center justify-center gap-1 rounded-[0.625rem] bg-well px-1 py-1.5 text-[13px] text-soft transition-colors hover:text-ink has-checked:bg-ink has-checked:text-panel has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
        >
          <input
            type="radio"
            name={id}
            className="sr-only"
            checked={option === shown}
            onChange={() => onChange(option)}
            onClick={() => canBeNone && option === value && onChange(undefined)}
          />
          {areShapes && <Shape ratio={String(option)} />}
          <span className="truncate">{optionText(option)}</span>
        </label>
      ))}
    </div>
  );
}

function Shape({ ratio }: { ratio: string }) {
  const [width = 1, height = 1] = ratio.split(":").map(Number);
  const scale = 18 / Math.max(width, height);
  return (
    <span className="grid h-5 place-items-center" aria-hidden="true">
      <span
        className="block rounded-[2px] border-[1.5px] border-current"
        style={{ width: width * scale, height: height * scale }}
      />
    </span>
  );
}

export function Choices({ field, value, onChange }: WidgetProps) {
  const chosen = Array.isArray(value)
    ? value
    : Array.isArray(field.otherwise)
      ? field.otherwise
      : [];
  const turn = (option: Json) =>
    onChange(
      chosen.includes(option) ? chosen.filter((one) => one !== option) : [...chosen, option],
    );
  return (
    <div className="flex flex-wrap gap-1">
      {field.options.map((option) => (
        <button
          key={String(option)}
          type="button"
          aria-pressed={chosen.includes(option)}
          onClick={() => turn(option)}
          className="h-8 rounded-full bg-well px-3 text-[13px] text-soft hover:text-ink aria-pressed:bg-ink aria-pressed:text-panel"
        >
          {optionText(option)}
        </button>
      ))}
    </div>
  );
}

function isShapes({ options }: Field): boolean {
  return options.length > 1 && options.every(isShape);
}

function isFew({ options }: Field): boolean {
  return options.length <= FEW && options.map(optionText).join("").length <= 26;
}

/** `blue-note` → `Blue note`; what is no word stays as it is. */
function optionText(option: Json): string {
  const text = String(option);
  if (!/^[a-z]{2,}([-_][a-z0-9]+)*$/.test(text)) return text;
  if (FORMATS.has(text)) return text.toUpperCase();
  const words = text.replace(/[-_]/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const FORMATS = new Set([
  "png",
  "jpg",
  "jpeg",
  "webp",
  "gif",
  "avif",
  "wav",
  "flac",
  "ogg",
  "mov",
  "webm",
]);

function numberOf(text: string): number | undefined {
  return text.trim() === "" || Number.isNaN(Number(text)) ? undefined : Number(text);
}
