import type { components } from "@/api/schema";

type Body = components["schemas"]["Problem"];

/** A refusal or a failure, as the server says it (RFC 9457). */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  /** Each fault in what was sent, by the name of the input where it is about one. */
  readonly faults: ReadonlyMap<string, string>;

  constructor(
    status: number,
    code: string,
    detail: string,
    faults: Iterable<[string, string]> = [],
  ) {
    super(detail);
    this.status = status;
    this.code = code;
    this.faults = new Map(faults);
  }

  static of(status: number, body: unknown): Problem {
    const said = (typeof body === "object" && body !== null ? body : {}) as Partial<Body>;
    const faults = (said.problems ?? []).map(({ at, message }): [string, string] => [
      at.replace(/^inputs\./, ""),
      message,
    ]);
    return new Problem(
      status,
      said.code ?? "error",
      said.detail ?? `The server answered ${status} and did not say why.`,
      faults,
    );
  }
}

/** Nothing answered. What was asked may have been done all the same. */
export class Unreachable extends Error {
  constructor(cause?: unknown) {
    super("The server does not answer. Is it running, and are you connected?", { cause });
  }
}

/** What to tell people: each fault by itself where they are known, else the whole. */
export function said(error: unknown): string {
  if (error instanceof Problem && error.faults.size) {
    return [...error.faults.values()].map(sentence).join(" ");
  }
  return error instanceof Error ? error.message : String(error);
}

export function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
