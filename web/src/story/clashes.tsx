import { Button } from "@/kit/button";
import { CopyButton } from "@/kit/copy";
import type { Story } from "@/story/stories";
import { boardOf } from "@/story/storyboard";
import { spotName, textAt } from "@/story/words";
import type { Writing } from "@/story/writing";

/** What to do where the file was changed elsewhere meanwhile. Nothing typed is lost, and nothing of
 * anybody's is overwritten without a decision. */
export function Clashes({ story, writing }: { story: Story; writing: Writing }) {
  const { newest, clashing, reload, typedAt, decide } = writing;
  const board = boardOf(story);
  if (newest) {
    return (
      <div
        role="alert"
        className="flex flex-wrap items-center gap-3 rounded-xl bg-amber-soft px-4 py-2.5"
      >
        <p className="min-w-0 flex-1">
          This story was changed elsewhere meanwhile. Nothing was overwritten, and what you typed is
          kept.
        </p>
        <Button onClick={reload}>Load the newest</Button>
      </div>
    );
  }
  return clashing.map((spot) => {
    const file = textAt(board, spot);
    return (
      <div key={spot} role="alert" className="rounded-xl bg-amber-soft px-4 py-3">
        <p className="font-medium">Two versions of {spotName(board, spot)}</p>
        <dl className="mt-2 grid gap-x-4 gap-y-2 text-[13px] sm:grid-cols-2">
          <div>
            <dt className="text-soft">Yours, not saved</dt>
            <dd className="flex items-center gap-1 whitespace-pre-wrap">
              {typedAt(spot) || "(empty)"}
              <CopyButton label="Copy" text={typedAt(spot)} />
            </dd>
          </div>
          {file !== null && (
            <div>
              <dt className="text-soft">In the file now</dt>
              <dd className="whitespace-pre-wrap">{file || "(empty)"}</dd>
            </div>
          )}
        </dl>
        <div className="mt-2 flex gap-2">
          {file !== null && <Button onClick={() => decide(spot, "mine")}>Keep mine</Button>}
          <Button onClick={() => decide(spot, "theirs")}>
            {file === null ? "Let it go" : "Take the file's"}
          </Button>
        </div>
      </div>
    );
  });
}
