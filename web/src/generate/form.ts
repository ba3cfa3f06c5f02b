import type { ArtifactType, Inputs } from "@/api/client";

/** What a generator's `input_schema` becomes: groups of fields, each with what it is edited by. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Values = Readonly<Record<string, Json | undefined>>;

const WIDGETS = [
  "slot",
  "slots",
  "text",
  "textarea",
  "number",
  "slider",
  "seed",
  "toggle",
  "color",
  "select",
  "multiselect",
  "list",
  "group",
  "json",
] as const;
export type Widget = (typeof WIDGETS)[number];

export interface Field {
  /** Its key among its siblings. */
  name: string;
  /** Its dotted path from the top, which names it in the server's answers. */
  path: string;
  title: string;
  help: string;
  widget: Widget;
  isRequired: boolean;
  /** What holds when nothing is given; undefined where nothing then holds. */
  otherwise: Json | undefined;
  /** The artifact types that a slot takes. */
  takes: readonly ArtifactType[];
  options: readonly Json[];
  minimum: number | undefined;
  maximum: number | undefined;
  step: number | "any";
  minLength: number | undefined;
  maxLength: number | undefined;
  minItems: number;
  maxItems: number;
  /** The fields of a group; the one field of a list's item. */
  fields: readonly Field[];
}

export interface Group {
  name: string;
  fields: readonly Field[];
}

interface Schema {
  [key: string]: unknown;
}

const FIRST = ["Sources", "Main"];

/** Read a form: its groups, those for sources and essentials first, the rest as they come. */
export function formOf(schema: Schema): Group[] {
  const fields = fieldsOf(schema, "");
  const properties = objectAt(schema, "properties");
  const groups = new Map<string, Field[]>();
  for (const field of fields) {
    const name = textAt(objectAt(properties, field.name), "x-group") ?? "Options";
    groups.set(name, [...(groups.get(name) ?? []), field]);
  }
  const rank = (name: string) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  return [...groups]
    .map(([name, some]) => ({ name, fields: some }))
    .sort((one, other) => rank(one.name) - rank(other.name));
}

export function allFields(groups: readonly Group[]): Field[] {
  return groups.flatMap((group) => group.fields);
}

/** The slots of a form at its top level, where artifacts can be put by hand. */
export function slotsOf(groups: readonly Group[]): Field[] {
  return allFields(groups).filter(({ widget }) => widget === "slot" || widget === "slots");
}

export interface Filled {
  /** What is sent: only what somebody has given. */
  inputs: Inputs;
  /** What stands in the way, by the path of the field. */
  faults: ReadonlyMap<string, string>;
}

/** Turn what was entered into inputs. What was left empty is left out, so that defaults hold. */
export function filled(groups: readonly Group[], values: Values): Filled {
  const faults = new Map<string, string>();
  return { inputs: filledFields(allFields(groups), values, faults), faults };
}

/** Take over the inputs of an earlier run, as far as this form still has them. */
export function recalled(groups: readonly Group[], inputs: Inputs): Values {
  const kept = allFields(groups)
    .map((field) => [field.name, inputs[field.name] as Json | undefined] as const)
    .filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(kept);
}

/** Put an artifact into a slot: in place of what is there, or beside it where it takes several. */
export function withArtifact(field: Field, value: Json | undefined, id: string): Json {
  if (field.widget !== "slots") return id;
  const ids = Array.isArray(value) ? value : [];
  return [...ids, id].slice(-field.maxItems);
}

/** The slot that an artifact of this type goes to when none is named: the first empty, or the first. */
export function slotFor(
  groups: readonly Group[],
  values: Values,
  type: ArtifactType,
): Field | undefined {
  const fitting = slotsOf(groups).filter((slot) => slot.takes.includes(type));
  const free = fitting.find((slot) => slot.widget === "slots" || isEmpty(values[slot.name]));
  return free ?? fitting[0];
}

/** What holds for a field, in words for a closed section: what was set, and always a shape. */
export function inWords(field: Field, value: Json | undefined): string | undefined {
  const isSet = !isEmpty(value);
  const holds = isSet ? value : field.otherwise;
  if (holds === undefined || holds === null || typeof holds === "object") return undefined;
  if (!isSet && !isShape(holds)) return undefined;
  if (typeof holds === "boolean") return `${field.title.toLowerCase()} ${holds ? "on" : "off"}`;
  return typeof holds === "number" ? `${field.title.toLowerCase()} ${holds}` : String(holds);
}

/** Whether a value is a shape, width to height: `4:5`. */
export function isShape(value: Json): boolean {
  return typeof value === "string" && /^\d+:\d+$/.test(value);
}

function fieldsOf(schema: Schema, prefix: string): Field[] {
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(objectAt(schema, "properties") as Record<string, Schema>)
    .sort(
      ([, one], [, other]) => (numberAt(one, "x-order") ?? 0) - (numberAt(other, "x-order") ?? 0),
    )
    .map(([name, each]) => fieldOf(name, each, prefix + name, required.includes(name)));
}

function fieldOf(name: string, schema: Schema, path: string, isRequired: boolean): Field {
  const widget = widgetOf(schema);
  const items = objectAt(schema, "items");
  const isWhole = schema.type === "integer";
  const artifact = schema["x-artifact"];
  return {
    name,
    path,
    title: textAt(schema, "title") ?? name,
    help: textAt(schema, "description") ?? "",
    widget,
    isRequired,
    otherwise: schema.default as Json | undefined,
    takes: (typeof artifact === "string" ? [artifact] : (artifact ?? [])) as ArtifactType[],
    options: optionsOf(widget === "multiselect" ? items : schema),
    minimum: numberAt(schema, "minimum") ?? beyond(schema, "exclusiveMinimum", isWhole ? 1 : 0),
    maximum: numberAt(schema, "maximum") ?? beyond(schema, "exclusiveMaximum", isWhole ? -1 : 0),
    step: numberAt(schema, "x-step") ?? numberAt(schema, "multipleOf") ?? (isWhole ? 1 : "any"),
    minLength: numberAt(schema, "minLength"),
    maxLength: numberAt(schema, "maxLength"),
    minItems: numberAt(schema, "minItems") ?? 0,
    maxItems: numberAt(schema, "maxItems") ?? Number.POSITIVE_INFINITY,
    fields:
      widget === "group"
        ? fieldsOf(schema, `${path}.`)
        : widget === "list"
          ? [fieldOf("", items, `${path}.*`, true)]
          : [],
  };
}

/** An author's own widget that is not known here is edited as what its type is. */
function widgetOf(schema: Schema): Widget {
  const said = textAt(schema, "x-widget");
  if (WIDGETS.some((one) => one === said)) return said as Widget;
  const byType: Record<string, Widget> = {
    string: "text",
    integer: "number",
    number: "number",
    boolean: "toggle",
  };
  return byType[String(schema.type)] ?? "json";
}

function optionsOf(schema: Schema): Json[] {
  if (Array.isArray(schema.enum)) return schema.enum as Json[];
  return "const" in schema ? [schema.const as Json] : [];
}

function filledFields(
  fields: readonly Field[],
  values: Values,
  faults: Map<string, string>,
): Record<string, Json> {
  const inputs: Record<string, Json> = {};
  for (const field of fields) {
    const value = filledValue(field, values[field.name], faults);
    if (value !== undefined) inputs[field.name] = value;
  }
  return inputs;
}

function filledValue(
  field: Field,
  value: Json | undefined,
  faults: Map<string, string>,
): Json | undefined {
  if (field.widget === "group") {
    const inner = (isObject(value) ? value : {}) as Values;
    const found = new Map<string, string>();
    const inputs = filledFields(field.fields, inner, found);
    if (!field.isRequired && Object.keys(inputs).length === 0) return undefined;
    for (const [path, fault] of found) faults.set(path, fault);
    return inputs;
  }
  if (isEmpty(value)) {
    if (field.isRequired && field.otherwise === undefined) faults.set(field.path, missing(field));
    return undefined;
  }
  const fault = faultOf(field, value as Json);
  if (fault) faults.set(field.path, fault);
  return value;
}

function missing({ widget, title }: Field): string {
  return widget === "slot" || widget === "slots" ? `${title}: choose one` : `${title} is missing`;
}

function faultOf(field: Field, value: Json): string | undefined {
  const { title, minimum, maximum, maxLength, minLength, minItems } = field;
  if (typeof value === "number") {
    if (minimum !== undefined && value < minimum) return `${title}: at least ${minimum}`;
    if (maximum !== undefined && value > maximum) return `${title}: at most ${maximum}`;
  }
  if (typeof value === "string") {
    const length = [...value].length;
    if (maxLength !== undefined && length > maxLength) {
      return `${title}: at most ${maxLength} characters, these are ${length}`;
    }
    if (minLength !== undefined && length < minLength)
      return `${title}: at least ${minLength} characters`;
  }
  if (Array.isArray(value) && value.length < minItems) return `${title}: at least ${minItems}`;
  return undefined;
}

export function isEmpty(value: Json | undefined): value is undefined | null | "" {
  if (value === undefined || value === null) return true;
  if (typeof value === "string") return value.trim() === "";
  return Array.isArray(value) && value.length === 0;
}

function isObject(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function objectAt(schema: Schema, key: string): Schema {
  const value = schema[key];
  return isObject(value) ? value : {};
}

function textAt(schema: Schema, key: string): string | undefined {
  const value = schema[key];
  return typeof value === "string" && value ? value : undefined;
}

function numberAt(schema: Schema, key: string): number | undefined {
  const value = schema[key];
  return typeof value === "number" ? value : undefined;
}

function beyond(schema: Schema, key: string, by: number): number | undefined {
  const value = numberAt(schema, key);
  return value === undefined ? undefined : value + by;
}
