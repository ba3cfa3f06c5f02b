import type { DragEvent } from "react";
import type { Generation } from "@/api/client";

/** What is being dragged over the page: a tile of the board, which is known here as a whole. */
let dragged: Generation | null = null;

export function beginDrag(event: DragEvent, generation: Generation): void {
  dragged = generation;
  event.dataTransfer.effectAllowed = "copy";
  event.dataTransfer.setData("text/plain", generation.id);
}

export function endDrag(): void {
  dragged = null;
}

export function draggedTile(): Generation | null {
  return dragged;
}

export function carriesFiles(event: DragEvent): boolean {
  return dragged === null && event.dataTransfer.types.includes("Files");
}
