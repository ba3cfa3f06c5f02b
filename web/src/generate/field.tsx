import { useId } from "react";
import type { Field, Json } from "@/generate/form";
import { JsonText, ListRows, Nested } from "@/generate/nested";
import { SlotField } from "@/generate/slots";
import {
  Choices,
  Colour,
  hintOf,
  NumberBox,
  Pick,
  Seed,
  Slider,
  TextBox,
  Toggle,
} from "@/generate/widgets";

export interface FieldProps {
  field: Field;
  value: Json | undefined;
  faults: ReadonlyMap<string, string>;
  onChange: (value: Json | undefined) => void;
}

/** What every widget gets: its value, and the names by which label, help and fault are tied to it. */
export interface WidgetProps extends FieldProps {
  id: string;
  describedBy: string | undefined;
  isInvalid: boolean;
}

/** One field with its label, its help, and what the server has against its value. */
export function FieldRow({ field, value, faults, onChange }: FieldProps) {
  const id = useId();
  const fault = faults.get(field.path);
  const describedBy =
    [field.help && `${id}-help`, fault && `${id}-fault`].filter(Boolean).join(" ") || undefined;
  const widget = { field, value, faults, onChange, id, describedBy, isInvalid: Boolean(fault) };
  const label = (
    <span className="text-[13px] font-medium">
      {field.title}
      {field.isRequired || field.otherwise !== undefined || field.widget === "toggle" ? null : (
        <span className="ml-1.5 font-normal text-soft">optional</span>
      )}
    </span>
  );
  if (field.widget === "toggle") {
    return (
      <div>
        <label htmlFor={id} className="flex items-center justify-between gap-3">
          {label}
          <Toggle {...widget} />
        </label>
        <Notes field={field} id={id} fault={fault} />
      </div>
    );
  }
  const isOneControl = ONE_CONTROL.has(field.widget);
  return (
    <div
      data-field={field.path}
      {...(isOneControl ? {} : { role: "group", "aria-labelledby": `${id}-label` })}
    >
      <div className="mb-1.5 flex items-baseline justify-between gap-3">
        {isOneControl ? (
          <label htmlFor={id}>{label}</label>
        ) : (
          <span id={`${id}-label`}>{label}</span>
        )}
        <span className="flex items-baseline gap-2.5 text-[13px] text-soft">
          {value !== undefined && !field.isRequired && RESETTABLE.has(field.widget) && (
            <button
              type="button"
              aria-label={`Reset ${field.title}`}
              onClick={() => onChange(undefined)}
              className="text-xs underline-offset-2 hover:text-ink hover:underline"
            >
              Reset
            </button>
          )}
          {field.widget === "slider" && (
            <output htmlFor={id} className="tabular-nums">
              {String(value ?? field.otherwise ?? "")}
            </output>
          )}
        </span>
      </div>
      <Widget {...widget} />
      <Notes field={field} id={id} fault={fault} />
    </div>
  );
}

/** What cannot be emptied by hand. */
const RESETTABLE = new Set(["slider", "color", "select", "multiselect", "group"]);
const ONE_CONTROL = new Set(["text", "textarea", "number", "slider", "seed", "color", "json"]);

function Widget(props: WidgetProps) {
  switch (props.field.widget) {
    case "slot":
    case "slots":
      return <SlotField {...props} />;
    case "text":
    case "textarea":
      return <TextBox {...props} />;
    case "number":
      return <NumberBox {...props} />;
    case "slider":
      return <Slider {...props} />;
    case "seed":
      return <Seed {...props} />;
    case "toggle":
      return <Toggle {...props} />;
    case "color":
      return <Colour {...props} />;
    case "select":
      return <Pick {...props} />;
    case "multiselect":
      return <Choices {...props} />;
    case "list":
      return <ListRows {...props} />;
    case "group":
      return <Nested {...props} />;
    case "json":
      return <JsonText {...props} />;
  }
}

function Notes({ field, id, fault }: { field: Field; id: string; fault: string | undefined }) {
  return (
    <>
      {field.help && (
        <p id={`${id}-help`} className={hintOf(field) ? "sr-only" : "mt-1.5 text-xs text-soft"}>
          {field.help}
        </p>
      )}
      {fault && (
        <p id={`${id}-fault`} role="alert" className="mt-1.5 text-xs text-red">
          {fault}
        </p>
      )}
    </>
  );
}
