import { ZoomIn, ZoomOut } from "lucide-react";
import {
  type KeyboardEvent,
  type PointerEvent,
  useCallback,
  useEffect,
  useRef,
  useState,
} from "react";
import { IconButton } from "@/kit/button";
import { FIT, moved, type Sizes, scaleOf, type Zoom, zoomedTo } from "@/viewer/zoom";

interface Props {
  url: string;
  alt: string;
  width: number | null;
  height: number | null;
}

const STEP = 1.4;
const NUDGE = 60;
/** What is left free around a fitted picture, for the buttons. */
const MARGIN = { narrow: { x: 16, y: 64 }, wide: { x: 64, y: 72 } };

/** A picture to look into: wheel, pinch, double click, drag, and the keys + - 0 1. */
export function Zoomable({ url, alt, width, height }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<Sizes["frame"] | null>(null);
  const [own, setOwn] = useState({ width: width ?? 0, height: height ?? 0 });
  const [zoom, setZoom] = useState<Zoom>(FIT);
  const sizes = useRef<Sizes | null>(null);
  sizes.current = size && own.width ? { frame: size, picture: own } : null;
  const pointers = useRef(new Map<number, { x: number; y: number }>());

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const measure = () => {
      const margin = element.clientWidth < 640 ? MARGIN.narrow : MARGIN.wide;
      setSize({
        width: element.clientWidth - 2 * margin.x,
        height: element.clientHeight - 2 * margin.y,
      });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const zoomBy = useCallback((factor: number, at = { x: 0, y: 0 }) => {
    const now = sizes.current;
    if (now) setZoom((zoom) => zoomedTo(zoom, scaleOf(zoom, now) * factor, at, now));
  }, []);
  const fromMiddle = useCallback((x: number, y: number) => {
    const box = frame.current?.getBoundingClientRect();
    return box
      ? { x: x - box.left - box.width / 2, y: y - box.top - box.height / 2 }
      : { x: 0, y: 0 };
  }, []);

  useEffect(() => {
    const element = frame.current;
    // React listens to wheels passively, and the page must not scroll along.
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      zoomBy(Math.exp(-event.deltaY * 0.002), fromMiddle(event.clientX, event.clientY));
    };
    element?.addEventListener("wheel", onWheel, { passive: false });
    return () => element?.removeEventListener("wheel", onWheel);
  }, [zoomBy, fromMiddle]);

  const onPointerMove = (event: PointerEvent) => {
    const last = pointers.current.get(event.pointerId);
    const now = sizes.current;
    if (!last || !now) return;
    const here = { x: event.clientX, y: event.clientY };
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
    pointers.current.set(event.pointerId, here);
    if (other) {
      const spread = (one: { x: number; y: number }) =>
        Math.hypot(one.x - other.x, one.y - other.y);
      zoomBy(
        spread(here) / (spread(last) || 1),
        fromMiddle((here.x + other.x) / 2, (here.y + other.y) / 2),
      );
    } else setZoom((zoom) => moved(zoom, { x: here.x - last.x, y: here.y - last.y }, now));
  };
  const release = (event: PointerEvent) => pointers.current.delete(event.pointerId);
  const toggle = (x: number, y: number) =>
    zoom.scale === null ? zoomBy(trueSize(sizes.current), fromMiddle(x, y)) : setZoom(FIT);

  const onKeyDown = (event: KeyboardEvent) => {
    const now = sizes.current;
    if (event.key === "+" || event.key === "=") zoomBy(STEP);
    else if (event.key === "-") zoomBy(1 / STEP);
    else if (event.key === "0") setZoom(FIT);
    else if (event.key === "1" && now) setZoom((zoom) => zoomedTo(zoom, 1, { x: 0, y: 0 }, now));
    else if (event.key.startsWith("Arrow") && now && zoom.scale !== null) {
      const x = { ArrowLeft: NUDGE, ArrowRight: -NUDGE }[event.key] ?? 0;
      const y = { ArrowUp: NUDGE, ArrowDown: -NUDGE }[event.key] ?? 0;
      setZoom((zoom) => moved(zoom, { x, y }, now));
      event.stopPropagation();
    } else return;
    event.preventDefault();
  };
  const scale = sizes.current ? scaleOf(zoom, sizes.current) : null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a picture that is looked into has no element
    <div
      ref={frame}
      role="group"
      aria-label="Picture. Plus and minus zoom, 0 fits, 1 shows its own size"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the keys above work here
      tabIndex={0}
      onKeyDown={onKeyDown}
      onDoubleClick={(event) => isOnPicture(event) && toggle(event.clientX, event.clientY)}
      onPointerDown={(event) => {
        if (!isOnPicture(event)) return;
        pointers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={onPointerMove}
      onPointerUp={release}
      onPointerCancel={release}
      className={`absolute inset-0 overflow-hidden outline-none select-none focus-visible:ring-2 focus-visible:ring-accent focus-visible:ring-inset ${zoom.scale === null ? "touch-pan-y" : "cursor-grab touch-none active:cursor-grabbing"}`}
    >
      <img
        src={url}
        alt={alt}
        draggable={false}
        onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
          setOwn({ width: naturalWidth, height: naturalHeight })
        }
        className={`absolute top-1/2 left-1/2 max-w-none ${zoom.scale === null ? "rounded-[3px] shadow-lift" : ""} ${scale !== null && scale >= 2 ? "[image-rendering:pixelated]" : ""}`}
        style={
          scale === null
            ? { visibility: "hidden" }
            : {
                width: own.width * scale,
                height: own.height * scale,
                transform: `translate(calc(-50% + ${zoom.x}px), calc(-50% + ${zoom.y}px))`,
              }
        }
      />
      <div className="absolute bottom-4 left-1/2 z-10 flex -translate-x-1/2 items-center rounded-xl bg-panel text-xs text-soft tabular-nums shadow-lift">
        <IconButton label="Zoom out" onClick={() => zoomBy(1 / STEP)}>
          <ZoomOut size={17} />
        </IconButton>
        <button
          type="button"
          title="Fit"
          onClick={() => setZoom(FIT)}
          className="h-9 w-13 rounded-[0.625rem] hover:bg-well hover:text-ink"
        >
          <output aria-label="Zoom">{scale === null ? "" : `${Math.round(scale * 100)}%`}</output>
        </button>
        <IconButton label="Zoom in" onClick={() => zoomBy(STEP)}>
          <ZoomIn size={17} />
        </IconButton>
      </div>
    </div>
  );
}

function isOnPicture({ target }: { target: EventTarget }): boolean {
  return !(target instanceof Element && target.closest("button"));
}

/** By how much to grow to its own size, or to twice what is seen where that is its own size. */
function trueSize(sizes: Sizes | null): number {
  if (!sizes) return 1;
  const fit = scaleOf(FIT, sizes);
  return fit < 0.9 ? 1 / fit : 2;
}
