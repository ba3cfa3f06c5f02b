import { Check, Copy, CornerUpLeft, Download, SlidersHorizontal, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { downloadOf, type Generation } from "@/api/client";
import { said } from "@/api/problem";
import { useDelete } from "@/api/queries";
import { isFinal } from "@/api/states";
import type { Json } from "@/generate/form";
import { priceText } from "@/generate/price";
import { Button, IconButton } from "@/kit/button";
import { durationText, nameOf, seedOf, sizeText, titleOf } from "@/kit/texts";
import { TYPE_NAMES } from "@/kit/types";
import { useStudio } from "@/studio";
import { LineageSummary } from "@/viewer/lineage";

/** How a generation was made and what it cost, with what can be done next. */
export function Recipe({ generation }: { generation: Generation }) {
  const { generators, makerOf, recall, use, canUse } = useStudio();
  const { inputs, file, generator, error } = generation;
  const prompt = typeof inputs.prompt === "string" ? inputs.prompt : null;
  const isRunnable = generators.some(({ name }) => name === generator);
  const others = Object.entries(inputs).filter(([name]) => name !== "prompt" && name !== "seed");
  const seed = seedOf(generation);
  const [isDeleting, setDeleting] = useState(false);
  return (
    <div className="flex flex-col gap-6 p-5 pb-10">
      <header>
        <div className="flex items-start gap-1">
          <h2 className="min-w-0 flex-1 line-clamp-3 text-[17px] leading-snug font-semibold tracking-tight break-words">
            {titleOf(generation, makerOf(generation))}
          </h2>
          <div className="-my-1.5 -mr-2 flex">
            {file && (
              <a
                href={downloadOf(file.url)}
                download
                aria-label="Download"
                title="Download"
                className="grid size-9 place-items-center rounded-[0.625rem] text-soft hover:bg-well hover:text-ink"
              >
                <Download size={17} />
              </a>
            )}
            {isFinal(generation) && (
              <IconButton label="Delete" onClick={() => setDeleting(!isDeleting)}>
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

      {isDeleting && <Deletion generation={generation} onKeep={() => setDeleting(false)} />}
      <div className="flex flex-wrap gap-1.5 empty:hidden">
        {canUse(generation) && (
          <Button look="strong" className="flex-1" onClick={() => use(generation)}>
            <CornerUpLeft size={15} /> Use as input
          </Button>
        )}
        {isRunnable && (
          <Button className="flex-1" onClick={() => recall(generation)}>
            <SlidersHorizontal size={15} /> Same inputs
          </Button>
        )}
      </div>

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
    </div>
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

function CopyButton({ label, text }: { label: string; text: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  // Without a secure connection a page has no clipboard.
  if (!navigator.clipboard) return null;
  return (
    <IconButton
      label={isCopied ? "Copied" : label}
      className="-my-1 size-7"
      onClick={() => void copy()}
    >
      {isCopied ? <Check size={14} /> : <Copy size={14} />}
    </IconButton>
  );
}

interface DeletionProps {
  generation: Generation;
  onKeep: () => void;
}

/** Asks once more, and names what goes. */
function Deletion({ generation, onKeep }: DeletionProps) {
  const { view } = useStudio();
  const remove = useDelete();
  return (
    <div role="alertdialog" aria-label="Delete" className="rounded-xl bg-red-soft p-3.5">
      <p className="text-[13px]">
        Delete “{titleOf(generation)}” and its file? What was made from it stays.
      </p>
      <div className="mt-3 flex gap-1.5">
        <Button
          look="danger"
          disabled={remove.isPending}
          onClick={() => remove.mutate(generation, { onSuccess: () => view(null) })}
        >
          Delete
        </Button>
        <Button look="quiet" autoFocus onClick={onKeep}>
          Keep
        </Button>
      </div>
      {remove.error && (
        <p role="alert" className="mt-2 text-[13px] text-red">
          {said(remove.error)}
        </p>
      )}
    </div>
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
