import { AudioLines, Blocks, Film, Image, type LucideIcon, Type } from "lucide-react";
import type { ArtifactType } from "@/api/client";

export const TYPE_NAMES: Record<ArtifactType, string> = {
  image: "Image",
  video: "Video",
  audio: "Audio",
  text: "Text",
  lora: "LoRA",
  model: "Model",
};

const ICONS: Record<ArtifactType, LucideIcon> = {
  image: Image,
  video: Film,
  audio: AudioLines,
  text: Type,
  lora: Blocks,
  model: Blocks,
};

export function TypeIcon({ type, size = 16 }: { type: ArtifactType; size?: number }) {
  const Icon = ICONS[type];
  return <Icon size={size} strokeWidth={1.75} aria-hidden="true" />;
}

/** `an image`, `an image or a video`: what a slot takes. */
export function anyOf(types: readonly ArtifactType[]): string {
  const names = types.map((type) => (type === "lora" ? "LoRA" : type));
  return names.map((name) => `${/^[aei]/.test(name) ? "an" : "a"} ${name}`).join(" or ");
}
