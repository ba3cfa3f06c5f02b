import { type FormEvent, useState } from "react";
import { said } from "@/api/problem";
import { Button } from "@/kit/button";
import { Modal } from "@/kit/modal";
import { SELECT } from "@/kit/panel";
import { useStored } from "@/kit/stored";
import { generatorTitle } from "@/kit/texts";
import { usePictureMakers } from "@/story/makers";
import { useNewStory } from "@/story/stories";
import { slugOf } from "@/story/storyboard";
import { useStudio } from "@/studio";

interface Draft {
  title: string;
  scenes: string;
  maker: string;
}

const NONE: Draft = { title: "", scenes: "", maker: "" };

function draftOf(found: unknown): Draft {
  const draft = { ...NONE, ...(typeof found === "object" ? found : null) };
  const isSound = Object.values(draft).every((one) => typeof one === "string");
  return isSound ? draft : NONE;
}

/** What a story begins with: a title, and perhaps its scenes. What was begun outlasts a reload. */
export function NewStory({ onClose }: { onClose: () => void }) {
  const { go, here } = useStudio();
  const [draft, setDraft] = useStored("boards.story-draft", draftOf);
  const [isMemory, setMemory] = useState(false);
  const makers = usePictureMakers();
  const create = useNewStory();
  const slug = slugOf(draft.title);
  const scenes = draft.scenes.split("\n").flatMap((line) => line.trim() || []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const title = draft.title.trim();
    create.mutate(
      {
        slug,
        title,
        type: "reel",
        board_id: here.board,
        form: isMemory ? "memory" : null,
        git: true,
        storyboard: {
          title,
          ...(draft.maker ? { providers: { image: draft.maker } } : {}),
          cards: scenes.map((scene, at) => ({ id: at + 1, kind: "overlay", scene })),
        },
      },
      {
        onSuccess: (story) => {
          setDraft(NONE);
          onClose();
          go({ of: story.slug });
        },
      },
    );
  };
  return (
    <Modal title="New story" onClose={onClose} className="w-lg">
      <form onSubmit={submit} className="flex flex-col gap-4 px-5 pt-1 pb-5">
        <label className="flex flex-col gap-1.5 font-medium">
          Title
          <input
            // biome-ignore lint/a11y/noAutofocus: somebody has just asked for it
            autoFocus
            className="field font-normal"
            maxLength={200}
            value={draft.title}
            onChange={({ target }) => setDraft({ ...draft, title: target.value })}
          />
          {draft.title.trim() && (
            <span className="text-xs font-normal text-soft">
              {slug ? `Kept as ${slug}` : "It needs a letter or a digit, to be kept under."}
            </span>
          )}
        </label>
        <label className="flex flex-col gap-1.5 font-medium">
          Scenes
          <textarea
            className="field min-h-28 font-normal"
            placeholder={"A station before dawn\nThe sea from the window"}
            value={draft.scenes}
            onChange={({ target }) => setDraft({ ...draft, scenes: target.value })}
          />
          <span className="text-xs font-normal text-soft">
            One on each line; each becomes a card. More can come later.
          </span>
        </label>
        <label className="flex flex-col gap-1.5 font-medium">
          Pictures by
          <select
            className={`${SELECT} font-normal`}
            value={draft.maker}
            onChange={({ target }) => setDraft({ ...draft, maker: target.value })}
          >
            <option value="">What the server is set to</option>
            {makers.map((one) => (
              <option key={one.name} value={one.name}>
                {generatorTitle(one)}
                {one.unavailable ? " (not configured)" : ""}
              </option>
            ))}
          </select>
        </label>
        <label className="flex items-center gap-2.5 text-[13px]">
          <input
            type="checkbox"
            className="size-4 accent-accent"
            checked={isMemory}
            onChange={({ target }) => setMemory(target.checked)}
          />
          Only in memory: it is gone when the server ends
        </label>
        {create.error && (
          <p role="alert" className="text-[13px] text-red">
            {said(create.error)}
          </p>
        )}
        <Button look="strong" type="submit" className="h-10" disabled={!slug || create.isPending}>
          {scenes.length > 0
            ? `Create with ${scenes.length} ${scenes.length === 1 ? "card" : "cards"}`
            : "Create"}
        </Button>
      </form>
    </Modal>
  );
}
