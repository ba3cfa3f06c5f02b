import { Pause, Play } from "lucide-react";
import { useRef, useState } from "react";
import { type Generation, here, smallOf } from "@/api/client";
import { durationText, expectedRatio, titleOf } from "@/kit/texts";
import { TYPE_NAMES, TypeIcon } from "@/kit/types";

/** A completed generation at the size of a tile: nothing of it is cut off. */
export function TileMedia({ generation }: { generation: Generation }) {
  const { file, artifact_type, content, thumbnail_url } = generation;
  if (artifact_type === "text" && content) return <TextSheet text={content} />;
  if (!file) return <Placard generation={generation} />;
  switch (artifact_type) {
    case "image":
      return (
        <Print generation={generation}>
          <img
            src={thumbnail_url ? smallOf(thumbnail_url, 512) : here(file.url)}
            alt={titleOf(generation)}
            loading="lazy"
            decoding="async"
            draggable={false}
            className="size-full"
          />
        </Print>
      );
    case "video":
      return (
        <Print generation={generation}>
          <VideoPreview generation={generation} url={here(file.url)} />
        </Print>
      );
    case "audio":
      return <AudioCard generation={generation} url={here(file.url)} />;
    default:
      return <Placard generation={generation} />;
  }
}

/** A frame of exactly the picture's shape, as large as the mat allows. */
export function Print({
  generation,
  children,
}: {
  generation: Generation;
  children: React.ReactNode;
}) {
  const ratio = expectedRatio(generation);
  return (
    <div
      className="relative overflow-hidden rounded-[3px] shadow-print"
      style={{
        aspectRatio: ratio,
        [ratio >= 1 ? "width" : "height"]: "100%",
      }}
    >
      {children}
    </div>
  );
}

function VideoPreview({ generation, url }: { generation: Generation; url: string }) {
  const duration = generation.file?.duration;
  return (
    <>
      <video
        src={generation.thumbnail_url ? url : `${url}#t=0.1`}
        poster={generation.thumbnail_url ? smallOf(generation.thumbnail_url, 512) : undefined}
        muted
        loop
        playsInline
        preload={generation.thumbnail_url ? "none" : "metadata"}
        className="size-full"
        aria-label={titleOf(generation)}
        onMouseEnter={(event) => void event.currentTarget.play().catch(() => undefined)}
        onMouseLeave={(event) => event.currentTarget.pause()}
      />
      <span className="pointer-events-none absolute right-1.5 bottom-1.5 rounded-md bg-black/65 px-1.5 py-0.5 text-xs text-white tabular-nums">
        {duration ? durationText(duration) : "Video"}
      </span>
    </>
  );
}

function AudioCard({ generation, url }: { generation: Generation; url: string }) {
  const player = useRef<HTMLAudioElement>(null);
  const [isPlaying, setPlaying] = useState(false);
  const [at, setAt] = useState(0);
  const duration = generation.file?.duration;
  const Icon = isPlaying ? Pause : Play;
  return (
    <div className="flex size-full flex-col items-center justify-center gap-4">
      {generation.thumbnail_url && (
        <img
          src={smallOf(generation.thumbnail_url, 512)}
          alt=""
          loading="lazy"
          className="absolute inset-x-4 top-1/2 h-2/3 w-[calc(100%-2rem)] -translate-y-1/2 object-contain opacity-40"
        />
      )}
      <button
        type="button"
        tabIndex={-1}
        aria-label={isPlaying ? "Pause" : "Play"}
        className="relative z-10 grid size-14 place-items-center rounded-full bg-ink text-panel transition-transform hover:scale-105"
        onClick={(event) => {
          event.stopPropagation();
          const element = player.current;
          if (element) void (element.paused ? element.play() : element.pause());
        }}
      >
        <Icon size={20} fill="currentColor" strokeWidth={0} className={isPlaying ? "" : "ml-0.5"} />
      </button>
      <div className="flex w-3/5 items-center gap-2 text-xs text-soft tabular-nums">
        <div className="h-[3px] flex-1 overflow-hidden rounded-full bg-line">
          <div className="h-full bg-ink" style={{ width: `${at * 100}%` }} />
        </div>
        {duration ? durationText(duration) : null}
      </div>
      {/* biome-ignore lint/a11y/useMediaCaption: what people make here comes without captions */}
      <audio
        ref={player}
        src={url}
        preload="none"
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onTimeUpdate={({ currentTarget: { currentTime, duration: length } }) =>
          setAt(length ? currentTime / length : 0)
        }
      />
    </div>
  );
}

function TextSheet({ text }: { text: string }) {
  return (
    <div className="size-full overflow-hidden text-[13px] leading-relaxed whitespace-pre-wrap [mask-image:linear-gradient(#000_70%,transparent)]">
      {text.slice(0, 600)}
    </div>
  );
}

function Placard({ generation }: { generation: Generation }) {
  return (
    <div className="flex flex-col items-center gap-2 text-soft">
      <TypeIcon type={generation.artifact_type} size={28} />
      <span className="text-xs">{TYPE_NAMES[generation.artifact_type]}</span>
    </div>
  );
}
