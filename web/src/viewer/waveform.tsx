import { useEffect, useRef, useState } from "react";
import { loudness } from "@/viewer/loudness";

const BARS = 160;
/** Longer sounds are played without a picture: all their samples would have to be unpacked. */
const LARGEST_BYTES = 30_000_000;

/** A sound as its loudness over time; click to hear from there. */
export function Waveform({ url, title }: { url: string; title: string }) {
  const player = useRef<HTMLAudioElement>(null);
  const [peaks, setPeaks] = useState<readonly number[] | null>(null);
  const [at, setAt] = useState(0);
  useEffect(() => {
    const ending = new AbortController();
    peaksOf(url, ending.signal)
      .then(setPeaks)
      .catch(() => undefined);
    return () => ending.abort();
  }, [url]);
  return (
    <div className="flex w-full max-w-3xl flex-col gap-6">
      {peaks && (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the player below has the keys
        <svg
          viewBox={`0 0 ${BARS * 4} 120`}
          preserveAspectRatio="none"
          className="h-40 w-full cursor-pointer animate-fade"
          role="img"
          aria-label={`Loudness of ${title}`}
          onClick={(event) => {
            const box = event.currentTarget.getBoundingClientRect();
            const element = player.current;
            if (!element?.duration) return;
            element.currentTime = ((event.clientX - box.left) / box.width) * element.duration;
            void element.play();
          }}
        >
          {peaks.map((peak, place) => (
            <rect
              key={place}
              x={place * 4}
              y={60 - peak * 56 - 1}
              width={2.4}
              height={peak * 112 + 2}
              rx={1.2}
              className={place / BARS < at ? "fill-ink" : "fill-edge"}
            />
          ))}
        </svg>
      )}
      {/* biome-ignore lint/a11y/useMediaCaption: what people make here comes without captions */}
      <audio
        ref={player}
        src={url}
        controls
        aria-label={title}
        className="w-full"
        onTimeUpdate={({ currentTarget: { currentTime, duration } }) =>
          setAt(duration ? currentTime / duration : 0)
        }
      />
    </div>
  );
}

async function peaksOf(url: string, signal: AbortSignal): Promise<number[]> {
  const answer = await fetch(url, { signal });
  if (!answer.ok || Number(answer.headers.get("content-length")) > LARGEST_BYTES) {
    throw new Error("There is nothing to draw.");
  }
  const context = new OfflineAudioContext(1, 1, 22_050);
  const sound = await context.decodeAudioData(await answer.arrayBuffer());
  return loudness(sound.getChannelData(0), BARS);
}
