import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Minus, Plus } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Cost } from "@/api/client";
import { Problem, said, Unreachable } from "@/api/problem";
import { estimateQuery, type Request, useSubmit } from "@/api/queries";
import { filled } from "@/generate/form";
import { keepGenerator } from "@/generate/likes";
import { leftText, priceReason, priceText } from "@/generate/price";
import { keepPrompt } from "@/generate/prompt-tools";
import { useSettled, useStable } from "@/kit/hooks";
import { toast } from "@/kit/toasts";
import { useStudio } from "@/studio";

const MOST_TAKES = 16;
const SETTLE_MS = 300;

interface Props {
  onFaults: (faults: ReadonlyMap<string, string>) => void;
}

/** The button that spends, with what it will spend. Nothing is generated without pressing it. */
export function Run({ onFaults }: Props) {
  const { generator, form, drafts, board, goTo, openForm } = useStudio();
  const values = drafts.valuesOf(generator?.name ?? "");
  const { takes } = drafts.drafts;
  const [isAllowed, setAllowed] = useState(false);
  const { inputs, faults } = useMemo(() => filled(form, values), [form, values]);
  const isComplete = generator !== null && !generator.unavailable && faults.size === 0;
  const request: Request | null = isComplete
    ? {
        generator: generator.name,
        inputs,
        takes,
        board_id: board?.id ?? null,
        allow_unpriced: isAllowed,
      }
    : null;
  const settled = useSettled(request, SETTLE_MS);
  const estimate = useQuery({ ...estimateQuery(settled), placeholderData: keepPreviousData });
  const isCurrent =
    JSON.stringify(settled) === JSON.stringify(request) && !estimate.isPlaceholderData;
  const cost = request && estimate.data ? estimate.data.cost_estimate : null;
  const submit = useSubmit();
  const box = useRef<HTMLDivElement>(null);
  const isSending = useRef(false);
  const [isAsked, setAsked] = useState(false);
  const foreseen = request && isCurrent ? estimate.error : null;
  // What the server refuses to estimate it refuses to run; what merely broke may be tried.
  const refusal = request && isCurrent ? (estimate.data?.refusal ?? null) : null;
  const isRefused = refusal !== null || (foreseen instanceof Problem && foreseen.status < 500);
  const budget = request && isCurrent ? (estimate.data?.budget ?? null) : null;
  const { reset } = submit;
  useEffect(() => {
    onFaults(submit.error instanceof Problem ? submit.error.faults : new Map());
  }, [submit.error, onFaults]);
  // What was refused is another request as soon as something is changed.
  // biome-ignore lint/correctness/useExhaustiveDependencies: inputs and takes are what is watched
  useEffect(() => {
    reset();
    setAsked(false);
    setAllowed(false);
  }, [inputs, takes, reset]);

  const send = useStable(() => {
    if (!request || isSending.current) return;
    isSending.current = true;
    submit.mutate(request, {
      onSuccess: ({ generations, warnings }) => {
        openForm(false);
        keepPrompt(request.inputs.prompt);
        keepGenerator(request.generator);
        for (const { message } of warnings) toast(message);
        const boardId = generations[0]?.board_id;
        if (boardId && boardId !== board?.id) goTo(boardId);
        scrollTo({ top: 0, behavior: "smooth" });
      },
      onSettled: () => {
        isSending.current = false;
      },
    });
  });
  // Whoever presses before the price is there has not seen it: only what is free then runs.
  const isPriced = isCurrent && !estimate.isPending;
  const isFree = cost !== null && priceText(cost) === "free";
  useEffect(() => {
    if (!isAsked || !isPriced) return;
    setAsked(false);
    if (isFree) send();
  }, [isAsked, isPriced, isFree, send]);
  const run = useStable(() => {
    if (!request || isRefused) return;
    if (isPriced) send();
    else setAsked(true);
  });
  useEffect(() => {
    const panel = box.current?.closest("aside");
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey) || event.repeat) return;
      event.preventDefault();
      run();
    };
    panel?.addEventListener("keydown", onKey);
    return () => panel?.removeEventListener("keydown", onKey);
  }, [run]);

  return (
    <div
      ref={box}
      className="border-t border-line px-5 py-4 max-lg:pb-[max(1rem,env(safe-area-inset-bottom))]"
    >
      <Notice
        refused={submit.error}
        missing={[
          ...faults.values(),
          ...(foreseen ? [said(foreseen)] : []),
          ...(refusal ? [refusal.message] : []),
        ]}
        cost={isCurrent ? cost : null}
      />
      {(refusal?.reason === "unpriced" || isAllowed) && (
        <label className="mb-3 flex items-center gap-2 text-xs">
          <input
            type="checkbox"
            checked={isAllowed}
            onChange={(event) => setAllowed(event.target.checked)}
          />
          Run it although nobody knows what it costs
        </label>
      )}
      <div className="flex gap-2">
        <Takes takes={takes} onChange={drafts.setTakes} />
        <button
          type="button"
          data-run
          onClick={run}
          disabled={!request || isRefused || submit.isPending}
          title="Ctrl+Enter or ⌘ Enter"
          className="flex min-h-12 min-w-0 flex-1 flex-col justify-center rounded-xl bg-ink px-4 py-1.5 text-panel transition-opacity hover:opacity-85 disabled:opacity-35"
        >
          <span className="flex items-baseline justify-between gap-3 text-[15px] font-semibold">
            <span>
              {submit.isPending ? "Sending…" : takes > 1 ? `Generate ${takes}` : "Generate"}
            </span>
            <Price cost={cost} isCurrent={isCurrent} />
          </span>
          {budget && (
            <span className="block text-left text-xs opacity-75" data-left>
              {leftText(budget)}
            </span>
          )}
        </button>
      </div>
    </div>
  );
}

function Price({ cost, isCurrent }: { cost: Cost | null; isCurrent: boolean }) {
  return (
    <span
      data-price
      className={`font-normal tabular-nums transition-opacity ${isCurrent ? "opacity-75" : "opacity-35"}`}
    >
      {cost ? priceText(cost) : ""}
    </span>
  );
}

interface NoticeProps {
  refused: Error | null;
  missing: readonly string[];
  cost: Cost | null;
}

/** One line above the button: why it was refused, what is missing, or how the price comes about. */
function Notice({ refused, missing, cost }: NoticeProps) {
  if (refused) {
    return (
      <p role="alert" className="mb-3 max-h-32 overflow-y-auto text-xs text-red">
        {said(refused)}
        {refused instanceof Unreachable &&
          " If it was sent all the same, it is on the board: look there before you press again."}
      </p>
    );
  }
  const text = missing[0] ?? (cost ? priceReason(cost) : "");
  return text ? <p className="mb-3 line-clamp-4 text-xs text-soft">{text}</p> : null;
}

function Takes({ takes, onChange }: { takes: number; onChange: (takes: number) => void }) {
  const change = (by: number) => onChange(Math.max(1, Math.min(MOST_TAKES, takes + by)));
  const button =
    "grid h-full w-8 place-items-center rounded-lg text-soft hover:text-ink disabled:opacity-30";
  return (
    <fieldset
      className="flex h-12 items-center rounded-xl bg-well"
      title="Takes: separate runs of the same inputs"
    >
      <legend className="sr-only">Takes</legend>
      <button
        type="button"
        aria-label="Fewer takes"
        className={button}
        disabled={takes <= 1}
        onClick={() => change(-1)}
      >
        <Minus size={15} />
      </button>
      <output aria-label="Takes" className="w-6 text-center tabular-nums">
        {takes}
      </output>
      <button
        type="button"
        aria-label="More takes"
        className={button}
        disabled={takes >= MOST_TAKES}
        onClick={() => change(1)}
      >
        <Plus size={15} />
      </button>
    </fieldset>
  );
}
