import type { Story } from "@/story/stories";
import { boardOf, mediaOf, placeOf, type Slot } from "@/story/storyboard";

export interface Badge {
  text: string;
  tone: "plain" | "amber";
}

/** What fills a slot, in a few words: still or video, generated or uploaded, under which theme. */
export function badgesOf(story: Story, slot: Slot): Badge[] {
  const board = boardOf(story);
  const media = mediaOf(board, slot);
  if (!media) return [];
  const badges: Badge[] = [
    { text: media.kind === "video" ? "Video" : "Still", tone: "plain" },
    { text: SOURCES[media.source], tone: "plain" },
  ];
  if (media.theme) badges.push({ text: media.theme, tone: "plain" });
  if (flagOf(story, slot)) badges.push({ text: "Old theme", tone: "amber" });
  return badges;
}

const SOURCES = { generated: "Generated", uploaded: "Uploaded", cover: "The cover" } as const;

/** What to say of a slot that was made under another theme. */
export function flagOf(story: Story, slot: Slot) {
  const place = placeOf(boardOf(story), slot);
  return story.flagged.find((flag) =>
    flag.slot === "card" ? slot.startsWith("card:") && flag.card === place : flag.slot === slot,
  );
}

export function Badges({ badges }: { badges: readonly Badge[] }) {
  return (
    <ul className="flex flex-wrap gap-1.5 empty:hidden">
      {badges.map(({ text, tone }) => (
        <li
          key={text}
          className={`rounded-md px-2 py-0.5 text-xs font-medium ${tone === "amber" ? "bg-amber-soft text-amber" : "bg-well text-soft"}`}
        >
          {text}
        </li>
      ))}
    </ul>
  );
}
