import { Problem } from "@/api/problem";

/**
 * Keys by which the server knows a repeated submit again. The key of an attempt whose answer was
 * lost is kept for the same request, so that pressing the button once more cannot pay twice.
 */
const open = new Map<string, string>();

export interface Attempt {
  key: string;
  /** Wait for the answer, and keep the key where there was none. */
  settle: <T>(answer: Promise<T>) => Promise<T>;
}

export function attemptFor(request: unknown): Attempt {
  const body = JSON.stringify(request);
  const key = open.get(body) ?? randomKey();
  open.set(body, key);
  const settle = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      const value = await answer;
      open.delete(body);
      return value;
    } catch (error) {
      // A refusal is an answer: nothing was begun. From 500 on nobody can be sure.
      if (error instanceof Problem && error.status < 500) open.delete(body);
      throw error;
    }
  };
  return { key, settle };
}

/** `crypto.randomUUID` is missing on a page that is served over plain HTTP in a local network. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
