import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ArrowLeftToLine, ArrowRightToLine, Camera } from "lucide-react";
import { type Generation, here } from "@/api/client";
import { show } from "@/api/queries";
import { sent } from "@/api/uploads";
import { Button } from "@/kit/button";
import { titleOf } from "@/kit/texts";
import { complain, toast } from "@/kit/toasts";
import { useStudio } from "@/studio";

type Which = "first" | "last" | "shown";

/** A frame of a video as a picture on the same board, with the video as what it was made from. */
export function Frames({ generation }: { generation: Generation }) {
  const { view } = useStudio();
  const queries = useQueryClient();
  const take = useMutation({
    mutationFn: async (which: Which) => {
      const file = await frameOf(generation, which);
      return sent(file, generation.board_id, () => undefined, generation.id);
    },
    onSuccess: (made) => {
      show(queries, [made]);
      toast("The frame is on the board", {
        action: { label: "Look", act: () => view(made.id) },
      });
    },
    onError: complain,
  });
  const buttons = [
    ["first", "First frame", ArrowLeftToLine],
    ["shown", "This frame", Camera],
    ["last", "Last frame", ArrowRightToLine],
  ] as const;
  return (
    <div className="grid grid-cols-3 gap-1.5">
      {buttons.map(([which, label, Icon]) => (
        <Button
          key={which}
          className="px-2 text-[13px]"
          disabled={take.isPending}
          onClick={() => take.mutate(which)}
        >
          <Icon size={14} aria-hidden="true" /> {label}
        </Button>
      ))}
    </div>
  );
}

async function frameOf(generation: Generation, which: Which): Promise<File> {
  const video = document.createElement("video");
  video.src = here(generation.file?.url ?? "");
  video.muted = true;
  video.preload = "auto";
  await once(video, "loadeddata");
  const shown = document.querySelector<HTMLVideoElement>("dialog video")?.currentTime ?? 0;
  // The very end is past the last frame.
  const at = { first: 0, last: Math.max(0, video.duration - 0.04), shown }[which];
  if (at > 0) {
    video.currentTime = at;
    await once(video, "seeked");
  }
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!blob) throw new Error("The browser gave no picture of this frame.");
  return new File([blob], `${titleOf(generation).slice(0, 60)}, ${which} frame.png`, {
    type: "image/png",
  });
}

function once(video: HTMLVideoElement, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    video.addEventListener(event, () => resolve(), { once: true });
    const refuse = () => reject(new Error("The browser cannot read this video."));
    video.addEventListener("error", refuse, { once: true });
  });
}
