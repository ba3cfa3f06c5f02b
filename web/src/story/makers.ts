import { useMemo } from "react";
import type { Generator } from "@/api/client";
import { useStudio } from "@/studio";

/** The generators that make pictures from words, those that can be used at once first. */
export function usePictureMakers(): readonly Generator[] {
  const { generators } = useStudio();
  return useMemo(
    () =>
      generators
        .filter(({ artifact_type, input_schema }) => {
          const { properties, required } = input_schema as {
            properties?: Record<string, unknown>;
            required?: string[];
          };
          // What also needs another input cannot work from a scene alone.
          const others = (required ?? []).filter((name) => name !== "prompt");
          return artifact_type === "image" && properties?.prompt && others.length === 0;
        })
        .sort((a, b) => Number(Boolean(a.unavailable)) - Number(Boolean(b.unavailable))),
    [generators],
  );
}
