import { fileOf } from "@/story/stories";
import type { Media } from "@/story/storyboard";

interface Props {
  slug: string;
  media: Media;
  /** Changes when what lies there does. */
  mark: string;
  alt?: string;
  /** Fills its place, instead of being seen as a whole in its own shape. */
  isCropped?: boolean;
  hasControls?: boolean;
}

/** What was picked or uploaded, as it lies in the workspace. */
export function Picture({ slug, media, mark, alt = "", isCropped, hasControls }: Props) {
  if (!media.path) return null;
  const url = fileOf(slug, media.path, media.take ?? mark);
  const look = isCropped ? "size-full object-cover" : "max-h-[min(48vh,30rem)] max-w-full";
  if (media.kind === "video") {
    return (
      <video
        src={hasControls ? url : `${url}#t=0.1`}
        controls={hasControls}
        muted={!hasControls}
        playsInline
        preload="metadata"
        aria-label={alt || undefined}
        className={look}
      />
    );
  }
  return (
    <img src={url} alt={alt} loading="lazy" decoding="async" draggable={false} className={look} />
  );
}
