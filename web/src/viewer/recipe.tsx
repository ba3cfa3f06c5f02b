import { useQuery } from "@tanstack/react-query";
import { CornerUpLeft, Download, Heart, Trash2 } from "lucide-react";
import { type ReactNode, useId } from "react";
import { downloadOf, type Generation, withRecipe } from "@/api/client";
import { isFinal } from "@/api/states";
import { favouritesQuery } from "@/boards/curation";
import type { Json } from "@/generate/form";
import { priceText } from "@/generate/price";
import { Button, IconButton } from "@/kit/button";
import { CopyButton } from "@/kit/copy";
import { durationText, nameOf, seedOf, sizeText, titleOf } from "@/kit/texts";
import { TYPE_NAMES } from "@/kit/types";
import { useStudio } from "@/studio";
import { Curation } from "@/viewer/curate";
import { Frames } from "@/viewer/frames";
import { LineageSummary } from "@/viewer/lineage";

const RECALLS = [
  { how: "all", label: "All", about: "Generator, inputs and seed (A)" },
  { how: "prompt", label: "Prompt", about: "The prompt, into the form as it is (P)" },
  { how: "seed", label: "Seed", about: "The seed, into the form as it is (S)" },
  { how: "remix", label: "Remix", about: "All but the seed (R)" },
] as const;

interface Props {
  generation: Generation;
  onDelete: () => void;
  onFavourite: () => void;
}

/** How a generation was made and what it cost, with what can be done next. */
export function Recipe({ generation, onDelete, onFavourite }: Props) {
  const { generators, makerOf, recall, use, canUse } = useStudio();
  const { inputs, file, generator, error } = generation;
  const prompt = typeof inputs.prompt === "string" ? inputs.prompt : null;
  const isRunnable = generators.some(({ name }) => name === generator);
  const others = Object.entries(inputs).filter(([name]) => name !== "prompt" && name !== "seed");
  const seed = seedOf(generation);
  const { data: favourites } = useQuery(favouritesQuery);
  const isFavourite = favourites?.has(generation.id) ?? false;
  return (
    <div className="flex flex-col gap-6 p-5 pb-10">
      <header>
        <div className="flex items-start gap-1">
          <h2 className="min-w-0 flex-1 line-clamp-3 text-[17px] leading-snug font-semibold tracking-tight break-words">
            {titleOf(generation, makerOf(generation))}
          </h2>
          <div className="-my-1.5 -mr-2 flex">
            <IconButton
              label="Favourite (.)"
              aria-pressed={isFavourite}
              className="aria-pressed:text-red"
              onClick={onFavourite}
            >
              <Heart size={17} fill={isFavourite ? "currentColor" : "none"} />
            </IconButton>
            {file && <Downloads generation={generation} />}
            {isFinal(generation) && (
              <IconButton label="Delete (Del)" onClick={onDelete}>
                <Trash2 size={17} />
              </IconButton>
            )}
          </div>
        </div>
        <p className="mt-1 text-[13px] text-soft">
          {makerOf(generation)}
          {generation.provider !== generator && ` · ${generation.provider}`} ·{" "}
          <time dateTime={generation.created_at}>{whenText(generation.created_at)}</time>
        </p>
      </header>

      <div className="flex flex-wrap gap-1.5 empty:hidden">
        {canUse(generation) && (
          <Button look="strong" className="flex-1" onClick={() => use(generation)}>
            <CornerUpLeft size={15} /> Use as input
          </Button>
        )}
      </div>
      <fieldset className="-mt-4 grid grid-cols-4 gap-1.5">
        <legend className="mb-1.5 text-xs font-medium text-soft">Recall</legend>
        {RECALLS.map(({ how, label, about }) => (
          <Button
            key={how}
            className="px-1 text-[13px]"
            title={about}
            disabled={
              (!isRunnable && (how === "all" || how === "remix")) ||
              (how === "seed" && !seed) ||
              (how === "prompt" && !prompt)
            }
            onClick={() => recall(generation, how)}
          >
            {label}
          </Button>
        ))}
      </fieldset>
      {generation.artifact_type === "video" && file && <Frames generation={generation} />}

      {error && generation.status === "failed" && (
        <Section title="Why it failed">
          <p className="break-words text-red">{error.message}</p>
          {error.error_id && (
            <p className="mt-1 font-mono text-xs text-soft">error id {error.error_id}</p>
          )}
        </Section>
      )}
      {prompt && (
        <Section title="Prompt" action={<CopyButton label="Copy the prompt" text={prompt} />}>
          <p className="break-words whitespace-pre-wrap">{prompt}</p>
        </Section>
      )}
      <Section title="Recipe">
        <dl className="grid grid-cols-[auto_1fr] items-baseline gap-x-6 gap-y-1.5 text-[13px]">
          {seed && (
            <Fact name="Seed">
              <span className="inline-flex items-center gap-1 tabular-nums">
                <CopyButton label="Copy the seed" text={seed} />
                {seed}
              </span>
            </Fact>
          )}
          {others.map(([name, value]) => {
            const text = valueText(value as Json);
            return text === null ? null : (
              <Fact key={name} name={nameOf(name)}>
                {text}
              </Fact>
            );
          })}
          <Fact name="Cost">{costText(generation)}</Fact>
          {file && <FileFacts generation={generation} />}
        </dl>
      </Section>
      <LineageSummary id={generation.id} />
      <Curation generation={generation} />
    </div>
  );
}

/** The file as it was stored, or with how it was made written into it. */
function Downloads({ generation: { id, file } }: { generation: Generation }) {
  const menu = useId();
  const row = "flex h-10 items-center rounded-[0.625rem] px-3 hover:bg-well";
  if (!file) return null;
  return (
    <>
      <button
        type="button"
        popoverTarget={menu}
        aria-label="Download"
        title="Download"
        className="grid size-9 place-items-center rounded-[0.625rem] text-soft hover:bg-well hover:text-ink"
      >
        <Download size={17} />
      </button>
      <div
        id={menu}
        popover="auto"
        className="fixed inset-auto top-16 right-4 m-0 w-60 rounded-2xl border border-line bg-raised p-1.5 text-ink shadow-sheet"
      >
        <a href={downloadOf(file.url)} download className={row}>
          Without the recipe
        </a>
        <a href={withRecipe(id)} download className={row}>
          With the recipe in it
        </a>
      </div>
    </>
  );
}

function FileFacts({ generation: { file, artifact_type } }: { generation: Generation }) {
  if (!file) return null;
  return (
    <>
      <Fact name={TYPE_NAMES[artifact_type]}>
        {[
          file.format.toUpperCase(),
          file.width && file.height ? `${file.width} × ${file.height}` : null,
          file.duration ? durationText(file.duration) : null,
          file.fps ? `${Math.round(file.fps * 100) / 100} fps` : null,
        ]
          .filter(Boolean)
          .join(" · ")}
      </Fact>
      <Fact name="Size">{sizeText(file.size)}</Fact>
    </>
  );
}

function Section({
  title,
  action,
  children,
}: {
  title: string;
  action?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section>
      <div className="mb-1.5 flex h-6 items-center justify-between">
        <h3 className="text-xs font-medium text-soft">{title}</h3>
        {action}
      </div>
      {children}
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-soft">{name}</dt>
      <dd className="flex min-w-0 items-baseline justify-end gap-1 text-right break-words">
        {children}
      </dd>
    </>
  );
}

function costText({ cost, cost_estimate, status }: Generation): string {
  if (cost) return priceText(cost);
  const held = priceText(cost_estimate);
  if (status === "completed") return `not known; ${held} expected`;
  return held === "free" || held === "unpriced" ? held : `${held} held`;
}

function whenText(iso: string): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" }).format(
    new Date(iso),
  );
}

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-/;

/** An input in a few words; null for artifacts, which the lineage shows as pictures. */
function valueText(value: Json): string | null {
  if (value === null || value === "") return null;
  if (Array.isArray(value)) {
    const texts = value.map(valueText).filter((one) => one !== null);
    return texts.length ? texts.join(", ") : null;
  }
  if (typeof value === "object") return JSON.stringify(value);
  return typeof value === "string" && ID.test(value) ? null : String(value);
}
