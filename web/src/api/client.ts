import createClient from "openapi-fetch";
import { Problem, Unreachable } from "@/api/problem";
import type { components, paths } from "@/api/schema";

type Schemas = components["schemas"];
export type Board = Schemas["Board"];
export type Budget = Schemas["Budget"];
export type Cost = Schemas["Cost"];
export type Generation = Schemas["Generation"];
export type GenerationPage = Schemas["GenerationPage"];
export type Generator = Schemas["Generator"];
export type LiveEnd = Schemas["End"];
export type LiveEvent = Schemas["Event"];
export type LiveSnapshot = Schemas["Snapshot"];
export type Lineage = Schemas["Lineage"];
export type LineageNode = Schemas["LineageNode"];
export type Submission = Schemas["Submission"];
export type ArtifactType = Generation["artifact_type"];
export type Inputs = Generation["inputs"];

/** Where Boards stands; a proxy may have put it below a path. */
const home = new URL(".", typeof document === "undefined" ? "http://localhost/" : document.baseURI);

export const address = (path: string) => home.pathname.replace(/\/$/, "") + path;

/** The address of a file, on the origin of this page even where the server names another one. */
export function here(url: string): string {
  const { pathname, search } = new URL(url, home);
  return pathname + search;
}

/** The address of a small picture, so large that its longer edge has about so many pixels. */
export function smallOf(thumbnail: string, size: 256 | 512 | 1024): string {
  const local = here(thumbnail);
  return `${local}${local.includes("?") ? "&" : "?"}size=${size}`;
}

/** The address of a generation's output with its recipe in it. */
export const withRecipe = (id: string) => address(`/api/v1/generations/${id}/with-recipe`);

export function downloadOf(url: string): string {
  const local = here(url);
  return `${local}${local.includes("?") ? "&" : "?"}download=1`;
}

export const client = createClient<paths>({ baseUrl: home.href.replace(/\/$/, "") });

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Give what was answered. Throws a Problem for a refusal, Unreachable where nothing answered. */
export async function asked<T>(answer: Promise<Answer<T>>): Promise<T> {
  let settled: Answer<T>;
  try {
    settled = await answer;
  } catch (cause) {
    throw cause instanceof DOMException && cause.name === "AbortError"
      ? cause
      : new Unreachable(cause);
  }
  if (!settled.response.ok) throw Problem.of(settled.response.status, settled.error);
  return settled.data as T;
}
