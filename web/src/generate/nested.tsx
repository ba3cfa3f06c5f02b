import { Plus, X } from "lucide-react";
import { useState } from "react";
import { FieldRow, type WidgetProps } from "@/generate/field";
import type { Json, Values } from "@/generate/form";
import { Button, IconButton } from "@/kit/button";

/** Fields inside a field. */
export function Nested({ field, value, faults, onChange }: WidgetProps) {
  const values: Values =
    typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
  const set = (name: string, next: Json | undefined) => {
    const { [name]: _, ...rest } = values as Record<string, Json>;
    onChange(next === undefined ? rest : { ...rest, [name]: next });
  };
  return (
    <div className="flex flex-col gap-4 border-l-2 border-line pl-4">
      {field.fields.map((one) => (
        <FieldRow
          key={one.name}
          field={one}
          value={values[one.name]}
          faults={faults}
          onChange={(next) => set(one.name, next)}
        />
      ))}
    </div>
  );
}

/** As many rows as somebody adds. */
export function ListRows({ field, value, faults, onChange }: WidgetProps) {
  const rows = Array.isArray(value) ? value : [];
  const item = field.fields[0];
  if (!item) return null;
  const change = (place: number, next: Json | undefined) =>
    onChange(rows.map((row, at) => (at === place ? (next ?? "") : row)));
  return (
    <div className="flex flex-col gap-1.5">
      {rows.map((row, place) => (
        <div key={place} className="flex items-start gap-1">
          <div className="min-w-0 flex-1">
            <FieldRow
              field={{
                ...item,
                path: `${field.path}.${place}`,
                title: `${field.title} ${place + 1}`,
                help: "",
              }}
              value={row}
              faults={faults}
              onChange={(next) => change(place, next)}
            />
          </div>
          <IconButton
            label={`Remove ${field.title} ${place + 1}`}
            onClick={() => onChange(rows.filter((_, at) => at !== place))}
          >
            <X size={16} />
          </IconButton>
        </div>
      ))}
      {rows.length < field.maxItems && (
        <Button className="self-start" onClick={() => onChange([...rows, startOf(item.widget)])}>
          <Plus size={15} /> Add
        </Button>
      )}
    </div>
  );
}

function startOf(widget: string): Json {
  if (widget === "group") return {};
  if (widget === "list" || widget === "slots") return [];
  return widget === "toggle" ? false : "";
}

/** For what no widget fits: the value as JSON. Nothing is taken over until it is JSON. */
export function JsonText({ value, onChange, id, describedBy, isInvalid }: WidgetProps) {
  const [text, setText] = useState(() =>
    value === undefined ? "" : JSON.stringify(value, null, 2),
  );
  const isBroken = text.trim() !== "" && parsed(text) === undefined;
  return (
    <>
      <textarea
        id={id}
        rows={3}
        spellCheck={false}
        aria-describedby={describedBy}
        aria-invalid={isInvalid || isBroken}
        className="field block resize-y font-mono text-xs"
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          onChange(parsed(target.value));
        }}
      />
      {isBroken && <p className="mt-1.5 text-xs text-red">This is not JSON yet.</p>}
    </>
  );
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
