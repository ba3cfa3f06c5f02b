import { ChevronRight } from "lucide-react";
import { Fragment } from "react";
import { FieldRow } from "@/generate/field";
import { type Field, type Group, inWords, type Json, type Values } from "@/generate/form";
import { PromptTools } from "@/generate/prompt-tools";
import { useStudio } from "@/studio";

const OPEN = new Set(["Sources", "Main"]);

/** The form of the chosen generator: essentials open, the rest in sections that say what holds. */
export function FormGroups({ faults }: { faults: ReadonlyMap<string, string> }) {
  const { generator, form, drafts } = useStudio();
  if (!generator) return null;
  const values = drafts.valuesOf(generator.name);
  const rows = (fields: readonly Field[]) => (
    <div className="flex flex-col gap-5">
      {fields.map((field) => {
        const change = (value: Json | undefined) => drafts.set(generator.name, field.name, value);
        const value = values[field.name];
        return (
          <Fragment key={field.name}>
            <FieldRow field={field} value={value} faults={faults} onChange={change} />
            {field.name === "prompt" && (
              <PromptTools prompt={typeof value === "string" ? value : ""} onChange={change} />
            )}
          </Fragment>
        );
      })}
    </div>
  );
  const open = form.filter(({ name }) => OPEN.has(name));
  const closed = form.filter(({ name }) => !OPEN.has(name));
  return (
    <>
      {rows(open.flatMap(({ fields }) => fields))}
      {closed.length > 0 && (
        <div className="mt-6 border-t border-line">
          {closed.map((group) => (
            <details
              key={group.name}
              className="group/section border-b border-line"
              open={group.fields.some(({ path }) => faults.has(path)) || undefined}
            >
              <summary className="flex h-11 list-none items-center gap-2 [&::-webkit-details-marker]:hidden">
                <ChevronRight
                  size={15}
                  className="shrink-0 text-soft transition-transform duration-150 group-open/section:rotate-90"
                  aria-hidden="true"
                />
                <span className="font-medium">{group.name}</span>
                <span className="ml-auto truncate text-xs text-soft group-open/section:hidden">
                  {summary(group, values)}
                </span>
              </summary>
              <div className="pt-1 pb-6">{rows(group.fields)}</div>
            </details>
          ))}
        </div>
      )}
    </>
  );
}

function summary({ fields }: Group, values: Values): string {
  return fields
    .map((field) => inWords(field, values[field.name]))
    .filter(Boolean)
    .slice(0, 3)
    .join(" · ");
}
