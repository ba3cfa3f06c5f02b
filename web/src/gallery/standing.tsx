import { CircleAlert, CircleSlash, Clock, RefreshCw, SlidersHorizontal, X } from "lucide-react";
import type { Generation } from "@/api/client";
import { said, sentence } from "@/api/problem";
import { useCancel, useCheck } from "@/api/queries";
import { doing, nextStep } from "@/api/states";
import { priceText } from "@/generate/price";
import { Button, IconButton } from "@/kit/button";
import { expectedRatio } from "@/kit/texts";
import { useStudio } from "@/studio";

/** What stands on a tile in place of a result: it is being made, or why there is none. */
export function Standing({ generation }: { generation: Generation }) {
  if (generation.status === "cancelled") return <Cancelled generation={generation} />;
  if (generation.status === "failed" || nextStep(generation) === "check") {
    return <Trouble generation={generation} />;
  }
  return <UnderWay generation={generation} />;
}

function UnderWay({ generation }: { generation: Generation }) {
  const cancel = useCancel();
  const { progress, status, cost_estimate } = generation;
  const ratio = expectedRatio(generation);
  const percent = Math.round(progress * 100);
  const isWaiting = status === "pending";
  return (
    <>
      <div
        className={`rounded-[3px] bg-well ${isWaiting ? "" : "animate-breathe"}`}
        style={{ aspectRatio: ratio, [ratio >= 1 ? "width" : "height"]: "100%" }}
      />
      <div className="absolute inset-x-4 bottom-4 flex flex-col gap-2">
        <div className="flex items-baseline justify-between gap-2 text-xs">
          <span className="truncate text-soft" aria-live="polite">
            {doing(generation)}
          </span>
          <span className="shrink-0 text-soft tabular-nums">
            {isWaiting ? priceText(cost_estimate) : `${percent}%`}
          </span>
        </div>
        <div
          role="progressbar"
          aria-label={`${generation.generator}: ${doing(generation)}`}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={percent}
          className="h-1 overflow-hidden rounded-full bg-line"
        >
          <div
            className="h-full rounded-full bg-accent transition-[width] duration-500 ease-out"
            style={{ width: `${Math.max(percent, isWaiting ? 0 : 3)}%` }}
          />
        </div>
      </div>
      <IconButton
        label="Cancel"
        className="absolute top-2 right-2 z-10 bg-panel/80 backdrop-blur"
        disabled={cancel.isPending}
        onClick={() => cancel.mutate(generation.id)}
      >
        <X size={16} />
      </IconButton>
      {cancel.error && (
        <p role="alert" className="absolute inset-x-3 top-12 text-xs text-red">
          {said(cancel.error)}
        </p>
      )}
    </>
  );
}

function Trouble({ generation }: { generation: Generation }) {
  const { recall, generators } = useStudio();
  const check = useCheck();
  const step = nextStep(generation);
  const isKnown = generators.some(({ name }) => name === generation.generator);
  const isOpen = step === "check";
  const Icon = isOpen ? Clock : CircleAlert;
  return (
    <div className="flex size-full flex-col items-start gap-2 text-left">
      <Icon
        size={18}
        strokeWidth={1.75}
        className={`shrink-0 ${isOpen ? "text-amber" : "text-red"}`}
        aria-hidden="true"
      />
      <p className="min-h-0 flex-1 overflow-hidden text-[13px] leading-snug break-words">
        <strong className="mb-0.5 block font-medium">{isOpen ? "Not certain" : "Failed"}</strong>
        <span className="text-soft">{reasonFor(generation)}</span>
      </p>
      <div className="relative z-10 [&_button]:px-2.5 [&_button]:text-[13px] [&_button]:whitespace-nowrap max-sm:[&_svg]:hidden">
        {isOpen && (
          <Button onClick={() => check.mutate(generation.id)} disabled={check.isPending}>
            <RefreshCw size={15} /> Check again
          </Button>
        )}
        {(step === "take over" || step === "change") && isKnown && (
          <Button onClick={() => recall(generation)}>
            <SlidersHorizontal size={15} />
            {step === "change" ? "Edit the inputs" : "Use these inputs"}
          </Button>
        )}
      </div>
    </div>
  );
}

function reasonFor({ phase, needs_attention, error }: Generation): string {
  const reason = sentence(error?.message ?? "No reason was given");
  if (phase === "submit_unknown") {
    return "The provider may have begun this, but its answer was lost. It is not run again by itself, and its price stays held.";
  }
  return needs_attention ? `${reason} It may have been charged, so its price stays held.` : reason;
}

function Cancelled({ generation }: { generation: Generation }) {
  const { cost } = generation;
  const price = cost ? priceText(cost) : null;
  return (
    <div className="flex flex-col items-center gap-2 text-soft">
      <CircleSlash size={22} strokeWidth={1.5} aria-hidden="true" />
      <span className="text-xs">
        Cancelled{price && price !== "free" ? `, ${price} charged` : ""}
      </span>
    </div>
  );
}
