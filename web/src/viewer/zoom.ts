/** A picture in a frame: how large it is shown, and how far its middle is moved, in pixels. */
export interface Zoom {
  /** Shown size to its own size; null fits it into the frame. */
  scale: number | null;
  x: number;
  y: number;
}

export interface Sizes {
  frame: { width: number; height: number };
  picture: { width: number; height: number };
}

export const FIT: Zoom = { scale: null, x: 0, y: 0 };
const LARGEST = 16;

/** The scale at which all of it is seen; nothing is blown up only to fill the frame. */
export function fitting({ frame, picture }: Sizes): number {
  return Math.min(frame.width / picture.width, frame.height / picture.height, 1);
}

/** The scale that is shown. */
export function scaleOf(zoom: Zoom, sizes: Sizes): number {
  return zoom.scale ?? fitting(sizes);
}

/** Zoom so that what is at `at`, counted from the middle of the frame, stays where it is. */
export function zoomedTo(
  zoom: Zoom,
  scale: number,
  at: { x: number; y: number },
  sizes: Sizes,
): Zoom {
  const least = fitting(sizes);
  const next = Math.min(Math.max(scale, least), LARGEST);
  if (next <= least) return FIT;
  const grown = next / scaleOf(zoom, sizes);
  return held(
    { scale: next, x: at.x - (at.x - zoom.x) * grown, y: at.y - (at.y - zoom.y) * grown },
    sizes,
  );
}

export function moved(zoom: Zoom, by: { x: number; y: number }, sizes: Sizes): Zoom {
  return held({ ...zoom, x: zoom.x + by.x, y: zoom.y + by.y }, sizes);
}

/** Keep the picture in the frame: none of its edges comes further in than the frame's. */
function held(zoom: Zoom, sizes: Sizes): Zoom {
  const scale = scaleOf(zoom, sizes);
  const reach = (own: number, frame: number) => Math.max(0, (own * scale - frame) / 2);
  const [across, down] = [
    reach(sizes.picture.width, sizes.frame.width),
    reach(sizes.picture.height, sizes.frame.height),
  ];
  return { ...zoom, x: clamp(zoom.x, across), y: clamp(zoom.y, down) };
}

function clamp(value: number, reach: number): number {
  // `+ 0` makes a plain zero of minus zero.
  return Math.min(Math.max(value, -reach), reach) + 0;
}
