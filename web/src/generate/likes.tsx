import { Star } from "lucide-react";
import { usedNow } from "@/generate/lately";
import { IconButton } from "@/kit/button";
import { store, stored, textsIn, useStored } from "@/kit/stored";

export const LATELY = "boards.generators.lately";
export const LIKED = "boards.generators.liked";

/** Whether a generator is a favourite, and how that changes. */
export function LikeButton({ name, title }: { name: string; title: string }) {
  const [liked, setLiked] = useStored(LIKED, textsIn);
  const isLiked = liked.includes(name);
  return (
    <IconButton
      label={`Favourite ${title}`}
      aria-pressed={isLiked}
      className="aria-pressed:text-amber"
      onClick={() =>
        setLiked((all) => (isLiked ? all.filter((one) => one !== name) : [...all, name]))
      }
    >
      <Star size={16} fill={isLiked ? "currentColor" : "none"} />
    </IconButton>
  );
}

/** Keep that a generator was used. */
export function keepGenerator(name: string): void {
  store(LATELY, usedNow(textsIn(stored(LATELY)), name, 12));
}
