import type { Generation } from "@/api/client";

type Standing = Pick<Generation, "status" | "phase" | "needs_attention" | "error">;

export function isFinal({ status }: Pick<Generation, "status">): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}

/** Whether it moves by itself. One that waits for a person's decision does not. */
export function isMoving(generation: Pick<Generation, "status" | "phase">): boolean {
  return !isFinal(generation) && generation.phase !== "submit_unknown";
}

/** What a person can sensibly do about a generation that gave nothing. */
export type NextStep =
  /** A paid call began and its answer was lost: look again, and never call again unasked. */
  | "check"
  /** Something in the inputs stands in the way: change them and decide anew. */
  | "change"
  /** It may work later with the same inputs: take them over and decide anew. */
  | "take over"
  /** The installation lacks something, which the message names. */
  | "configure";

export function nextStep({ phase, needs_attention, error }: Standing): NextStep {
  if (phase === "submit_unknown" || needs_attention) return "check";
  if (error?.code === "not_configured") return "configure";
  return error?.retryable ? "take over" : "change";
}

/** What it is doing, in a word or two, where the generator does not say. */
export function doing({ phase, message }: Pick<Generation, "phase" | "message">): string {
  if (message) return message;
  switch (phase) {
    case "pending":
      return "Waiting for its turn";
    case "submitting":
      return "Starting";
    case "submitted":
      return "Being made";
    case "fetching":
      return "Fetching the result";
    case "storing":
      return "Storing";
    case "submit_unknown":
      return "Waiting for a decision";
    default:
      return "";
  }
}
