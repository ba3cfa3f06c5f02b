import { useQuery } from "@tanstack/react-query";
import { SELECT } from "@/kit/panel";
import { generatorTitle } from "@/kit/texts";
import { complain } from "@/kit/toasts";
import { usePictureMakers } from "@/story/makers";
import { type Story, themesQuery, useChange } from "@/story/stories";
import { boardOf, type Storyboard } from "@/story/storyboard";

const USES = { reel: "For reels", article: "For articles", portrait: "For portraits" } as const;

/** The theme that a story is made under, and what makes its pictures. */
export function Settings({ story, className = "" }: { story: Story; className?: string }) {
  const { data: themes = [] } = useQuery(themesQuery(story.slug));
  const change = useChange(story.slug);
  const makers = usePictureMakers();
  const board = boardOf(story);
  const usual = themes.find((one) => one.default && one.use === (board.type ?? "reel"));
  const maker = board.providers?.image ?? "";
  const set = (edit: (now: Storyboard) => Storyboard) => change.mutate(edit, { onError: complain });
  return (
    <div className={`grid grid-cols-2 gap-2 sm:flex ${className}`}>
      <label className="min-w-0">
        <span className="sr-only">Theme</span>
        <select
          title="Theme"
          className={`${SELECT} sm:max-w-52`}
          value={board.theme ?? ""}
          disabled={change.isPending}
          onChange={({ target: { value } }) =>
            set(({ theme: _, ...rest }) => (value ? { ...rest, theme: value } : rest))
          }
        >
          <option value="">Theme: {usual ? `${usual.title} (default)` : "default"}</option>
          {(["reel", "article", "portrait"] as const).map((use) => (
            <optgroup key={use} label={USES[use]}>
              {themes
                .filter((one) => one.use === use)
                .map(({ name, title }) => (
                  <option key={name} value={name}>
                    Theme: {title}
                  </option>
                ))}
            </optgroup>
          ))}
        </select>
      </label>
      <label className="min-w-0">
        <span className="sr-only">Pictures by</span>
        <select
          title="What makes the pictures"
          className={`${SELECT} sm:max-w-60`}
          value={maker}
          disabled={change.isPending}
          onChange={({ target: { value } }) =>
            set((now) => {
              const { image: _, ...others } = now.providers ?? {};
              return { ...now, providers: value ? { ...others, image: value } : others };
            })
          }
        >
          <option value="">Pictures: as the server is set</option>
          {maker && !makers.some(({ name }) => name === maker) && (
            <option value={maker}>Pictures: {maker}</option>
          )}
          {makers.map((one) => (
            <option key={one.name} value={one.name}>
              Pictures: {generatorTitle(one)}
              {one.unavailable ? " (not configured)" : ""}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
