import { type Generation, here } from "@/api/client";
import { Standing } from "@/gallery/standing";
import { titleOf } from "@/kit/texts";
import { TYPE_NAMES, TypeIcon } from "@/kit/types";
import { Waveform } from "@/viewer/waveform";
import { Zoomable } from "@/viewer/zoomable";

/** The thing itself, as large as it goes. */
export function Stage({ generation }: { generation: Generation }) {
  const { status, artifact_type, file, content } = generation;
  if (status !== "completed") {
    return (
      <div className="grid size-full place-items-center p-8">
        <div className="relative size-72 rounded-xl bg-panel p-5 ring-1 ring-line">
          <div className="mat">
            <Standing generation={generation} />
          </div>
        </div>
      </div>
    );
  }
  if (artifact_type === "text" && content !== null) return <Reading text={content} />;
  if (!file) return <Nameplate generation={generation} />;
  const url = here(file.url);
  switch (artifact_type) {
    case "image":
      return (
        <Zoomable url={url} alt={titleOf(generation)} width={file.width} height={file.height} />
      );
    case "video":
      return (
        <div className="grid size-full place-items-center p-4 pt-16 lg:p-16">
          {/* biome-ignore lint/a11y/useMediaCaption: what people make here comes without captions */}
          <video
            src={url}
            controls
            loop
            playsInline
            aria-label={titleOf(generation)}
            className="max-h-full max-w-full rounded-md bg-black shadow-lift"
          />
        </div>
      );
    case "audio":
      return (
        <div className="grid size-full place-items-center px-6 lg:px-20">
          <Waveform url={url} title={titleOf(generation)} />
        </div>
      );
    default:
      return <Nameplate generation={generation} />;
  }
}

function Reading({ text }: { text: string }) {
  return (
    <div className="size-full overflow-y-auto px-6 pt-20 pb-16">
      <p className="mx-auto max-w-[38rem] text-[17px] leading-relaxed whitespace-pre-wrap">
        {text}
      </p>
    </div>
  );
}

function Nameplate({ generation }: { generation: Generation }) {
  return (
    <div className="grid size-full place-items-center text-soft">
      <span className="flex flex-col items-center gap-3">
        <TypeIcon type={generation.artifact_type} size={44} />
        {TYPE_NAMES[generation.artifact_type]}
      </span>
    </div>
  );
}
