import { useQuery } from "@tanstack/react-query";
import { Clapperboard } from "lucide-react";
import { useState } from "react";
import { said } from "@/api/problem";
import { Button } from "@/kit/button";
import { PageTitle } from "@/kit/panel";
import { agoText, nameOf } from "@/kit/texts";
import { NewStory } from "@/story/new";
import { Picture } from "@/story/picture";
import { storiesQuery, storyQuery, type Workspace } from "@/story/stories";
import { boardOf, mediaOf, slotsOf } from "@/story/storyboard";
import { useStudio } from "@/studio";

const FORMS = {
  folder: null,
  storage: null,
  memory: "in memory",
} as const;

/** All stories, the last changed first. */
export function StoryList() {
  const { data: stories, error } = useQuery(storiesQuery);
  const [isNew, setNew] = useState(false);
  return (
    <div className="mx-auto w-full max-w-[110rem] flex-1 px-4 py-6 sm:px-8">
      <PageTitle title="Stories">
        <Button look="strong" onClick={() => setNew(true)}>
          New story
        </Button>
      </PageTitle>
      {error && (
        <p role="alert" className="rounded-xl bg-red-soft p-4 text-red">
          {said(error)}
        </p>
      )}
      {stories?.length === 0 && (
        <div className="mx-auto max-w-sm py-20 text-center text-soft">
          <Clapperboard size={28} strokeWidth={1.5} className="mx-auto mb-4" aria-hidden="true" />
          <p className="font-medium text-ink">Lay out a story in cards</p>
          <p className="mt-1">
            Each card gets takes, of which you pick one. One theme gives all of them one look.
          </p>
        </div>
      )}
      <ul
        aria-label="Stories"
        className="grid grid-cols-1 gap-x-5 gap-y-7 min-[26rem]:grid-cols-2 md:grid-cols-[repeat(auto-fill,minmax(17rem,1fr))]"
      >
        {stories?.map((workspace) => (
          <Entry key={workspace.slug} workspace={workspace} />
        ))}
      </ul>
      {isNew && <NewStory onClose={() => setNew(false)} />}
    </div>
  );
}

const SHOWN = 4;

function Entry({ workspace }: { workspace: Workspace }) {
  const { go } = useStudio();
  const { slug, updated_at, form } = workspace;
  const { data: story } = useQuery({ ...storyQuery(slug), staleTime: 10_000 });
  const board = story && boardOf(story);
  const title = board?.title || nameOf(slug);
  const count = board?.cards.length ?? 0;
  const filled = board
    ? slotsOf(board)
        .flatMap((slot) => mediaOf(board, slot) ?? [])
        .filter(({ path }) => path)
    : [];
  const about = [
    board ? `${count} ${count === 1 ? "card" : "cards"}` : null,
    FORMS[form],
    agoText(updated_at),
  ];
  return (
    <li className="min-w-0">
      <button
        type="button"
        aria-label={`Open ${title}`}
        onClick={() => go({ of: slug })}
        className="block aspect-[16/9] w-full overflow-hidden rounded-xl bg-panel ring-1 ring-line transition-shadow duration-200 hover:shadow-lift"
      >
        {filled.length > 0 ? (
          <span className="flex size-full gap-px">
            {filled.slice(0, SHOWN).map((media) => (
              <span key={media.path} className="min-w-0 flex-1">
                <Picture slug={slug} media={media} mark={story?.revision ?? ""} isCropped />
              </span>
            ))}
          </span>
        ) : (
          <span className="grid size-full place-items-center text-hint">
            <Clapperboard size={24} strokeWidth={1.5} aria-hidden="true" />
          </span>
        )}
      </button>
      <p className="mt-2 truncate font-medium">{title}</p>
      <p className="truncate text-xs text-soft">{about.filter(Boolean).join(" · ")}</p>
    </li>
  );
}
