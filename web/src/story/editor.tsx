import { useQuery } from "@tanstack/react-query";
import { ArrowLeft, MemoryStick, TriangleAlert } from "lucide-react";
import { useEffect } from "react";
import { Button, IconButton } from "@/kit/button";
import { useKeys } from "@/kit/keys";
import { complain } from "@/kit/toasts";
import { Animatic } from "@/story/animatic";
import { Clashes } from "@/story/clashes";
import { useFollowing } from "@/story/following";
import { StoryMenu } from "@/story/menu";
import { Priced } from "@/story/priced";
import { Progress } from "@/story/progress";
import { Settings } from "@/story/settings";
import { SlotPanel } from "@/story/slot";
import { type Story, takesQuery, useOrder } from "@/story/stories";
import { boardOf, cardOf, moved, type Slot, slotOf, slotsOf } from "@/story/storyboard";
import { Strip } from "@/story/strip";
import { useWriting, type Writing } from "@/story/writing";
import { useStudio } from "@/studio";

/** One story: its cards in a strip, and under it what fills the one that is open. */
export function Editor({ story }: { story: Story }) {
  const { slug, revision, flagged, unavailable } = story;
  const { go } = useStudio();
  const board = boardOf(story);
  const slots = slotsOf(board);
  const following = useFollowing(slug);
  const writing = useWriting(story);
  const { data: takes = [] } = useQuery(takesQuery(slug));
  const order = useOrder(slug);
  const { watched, running, follow, prefer } = following;
  const open: Slot = slots.find((slot) => slot === watched.slot) ?? slots[0] ?? "cover";
  const choose = (slot: Slot) => prefer({ slot });
  const title = writing.valueOf("story/title");

  const ids = (order.isPending && order.variables) || board.cards.map(({ id }) => id);
  const move = (id: number, to: number) => {
    const next = moved(ids, id, to);
    if (next !== ids) order.mutate(next, { onError: complain });
  };
  const step = (by: number) => {
    const next = slots[slots.indexOf(open) + by];
    if (next) choose(next);
  };
  const shift = (by: number) => {
    const card = cardOf(board, open);
    if (card) move(card.id, ids.indexOf(card.id) + by);
  };
  useKeys({
    arrowleft: () => step(-1),
    arrowright: () => step(1),
    "shift+arrowleft": () => shift(-1),
    "shift+arrowright": () => shift(1),
  });
  useEffect(() => {
    document.title = `${title || slug} · Boards`;
    return () => {
      document.title = "Boards";
    };
  }, [title, slug]);

  const isWriting = writing.state !== "saved";
  const makable = board.cards.filter(
    ({ kind, scene, media }) => kind === "overlay" && scene && media?.source !== "uploaded",
  );
  return (
    <div className="mx-auto flex w-full max-w-[100rem] min-w-0 flex-1 flex-col gap-4 px-4 py-4 sm:px-8 sm:py-6">
      <header className="flex flex-wrap items-center gap-2">
        <IconButton label="All stories" onClick={() => go({ of: null })}>
          <ArrowLeft size={18} />
        </IconButton>
        <h2 className="sr-only">{title || slug}</h2>
        <input
          aria-label="Title of the story"
          placeholder={slug}
          maxLength={200}
          className="field h-10 min-w-0 flex-1 bg-transparent px-2 py-0 text-[20px] font-semibold tracking-tight sm:field-sizing-content sm:w-auto sm:max-w-md sm:min-w-40 sm:flex-none"
          value={title}
          onChange={({ target }) => writing.write("story/title", target.value)}
          onBlur={writing.save}
        />
        <Saving writing={writing} />
        <StoryMenu story={story} />
        <Settings story={story} className="w-full sm:ml-auto sm:w-auto" />
      </header>

      <Notes story={story} />
      <Clashes story={story} writing={writing} />
      <Progress slug={slug} following={following} />

      <Strip
        story={story}
        ids={ids}
        open={open}
        takes={takes}
        running={running}
        onOpen={choose}
        onMove={move}
      >
        {board.cards.some(({ media }) => media) && <Animatic slug={slug} revision={revision} />}
        {!unavailable && makable.length > 0 && (
          <Priced
            slug={slug}
            revision={revision}
            target={{ of: "all" }}
            takes={watched.takes}
            look="plain"
            isHeld={isWriting}
            onBegun={follow}
            label={(estimate) => {
              if (!estimate) return "Generate all cards";
              const count = estimate.items.reduce((sum, one) => sum + one.takes - one.cached, 0);
              if (count === 0) return "All takes are there";
              return `Generate all: ${count} ${count === 1 ? "take" : "takes"}`;
            }}
          />
        )}
        {!unavailable && flagged.length > 0 && (
          <Priced
            slug={slug}
            revision={revision}
            target={{ of: "reroll", cards: null }}
            takes={watched.takes}
            look="plain"
            // A re-roll is always paid: while something is under way, it may be this one.
            isHeld={isWriting || running.length > 0 || following.unheard > 0}
            onBegun={follow}
            label={() => `Re-roll ${flagged.length} made under the old theme`}
          />
        )}
      </Strip>

      <SlotPanel
        key={open}
        story={story}
        slot={open}
        takes={takes}
        following={following}
        writing={writing}
        onMove={shift}
        onOpen={(card) => choose(slotOf(card))}
      />
    </div>
  );
}

function Saving({ writing }: { writing: Writing }) {
  const { state, trouble, save } = writing;
  return (
    <p role="status" className="text-[13px] text-soft">
      {trouble ? (
        <span className="flex items-center gap-2 text-red">
          Not saved: {trouble}
          <Button className="h-8" onClick={save}>
            Save again
          </Button>
        </span>
      ) : (
        { saved: "", saving: "Saving…", unsaved: "Not saved yet" }[state]
      )}
    </p>
  );
}

/** What has to be known before anything is made. */
function Notes({ story }: { story: Story }) {
  const { unavailable, memory, problems, note } = story;
  const line = "flex items-start gap-2.5 rounded-xl px-4 py-2.5 text-[13px]";
  return (
    <>
      {unavailable && (
        <p role="alert" className={`${line} bg-amber-soft`}>
          <TriangleAlert size={16} className="mt-px shrink-0 text-amber" aria-hidden="true" />
          <span>
            {unavailable} Or choose above what makes the pictures. Uploads work all the same.
          </span>
        </p>
      )}
      {memory && (
        <p className={`${line} bg-well text-soft`}>
          <MemoryStick size={16} className="mt-px shrink-0" aria-hidden="true" />
          {memory.message}
        </p>
      )}
      {problems.map(({ line: number, at, message }) => (
        <p key={`${at} ${message}`} role="alert" className={`${line} bg-red-soft text-red`}>
          storyboard.json, line {number}: {message}
        </p>
      ))}
      {note && <p className={`${line} bg-amber-soft`}>Saved, but not committed: {note}</p>}
    </>
  );
}
