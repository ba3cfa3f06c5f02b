import { useQuery } from "@tanstack/react-query";
import { said } from "@/api/problem";
import { Button } from "@/kit/button";
import { Editor } from "@/story/editor";
import { StoryList } from "@/story/list";
import { storyQuery } from "@/story/stories";
import { useStudio } from "@/studio";

/** Where stories are laid out: all of them, or the cards, takes and picks of one. */
export default function StoryPage() {
  const { here } = useStudio();
  return here.of ? <One key={here.of} slug={here.of} /> : <StoryList />;
}

function One({ slug }: { slug: string }) {
  const { go } = useStudio();
  const { data: story, error, refetch } = useQuery(storyQuery(slug));
  if (story) return <Editor story={story} />;
  if (!error) return <p className="sr-only">Loading</p>;
  return (
    <div className="mx-auto w-full max-w-xl flex-1 px-4 py-16">
      <p role="alert" className="mb-4 rounded-xl bg-red-soft p-4 whitespace-pre-line text-red">
        {said(error)}
      </p>
      <div className="flex gap-2">
        <Button onClick={() => go({ of: null })}>All stories</Button>
        <Button onClick={() => void refetch()}>Look again</Button>
      </div>
    </div>
  );
}
