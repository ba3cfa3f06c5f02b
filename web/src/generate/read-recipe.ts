import { address } from "@/api/client";
import { Problem, Unreachable } from "@/api/problem";
import type { paths } from "@/api/schema";

export type RecipeDraft =
  paths["/api/v1/recipes/read"]["post"]["responses"][200]["content"]["application/json"];

/** Read from a file how it was made. The server looks at it and keeps nothing. */
export async function readRecipe(file: File): Promise<RecipeDraft> {
  const form = new FormData();
  form.append("file", file, file.name);
  let answer: Response;
  try {
    answer = await fetch(address("/api/v1/recipes/read"), { method: "POST", body: form });
  } catch (cause) {
    throw new Unreachable(cause);
  }
  const said: unknown = await answer.json().catch(() => null);
  if (!answer.ok) throw Problem.of(answer.status, said);
  return said as RecipeDraft;
}
