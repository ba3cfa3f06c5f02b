import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { type Board, type Generation, here, smallOf } from "@/api/client";
import { coversQuery } from "@/api/queries";

/** Up to four pictures of what a board holds. Asked for when it comes into sight. */
export function Mosaic({ board }: { board: Board }) {
  const box = useRef<HTMLDivElement>(null);
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    if (!box.current || isSeen) return;
    const watch = new IntersectionObserver(([entry]) => entry?.isIntersecting && setSeen(true), {
      rootMargin: "200px",
    });
    watch.observe(box.current);
    return () => watch.disconnect();
  }, [isSeen]);
  const { data = [] } = useQuery({ ...coversQuery(board.id), enabled: isSeen });
  return (
    <div ref={box} className={`grid size-full gap-0.5 ${SHAPES[Math.min(data.length, 4)]}`}>
      {data.slice(0, 4).map((one, place) => (
        <Piece key={one.id} generation={one} isTall={data.length === 3 && place === 0} />
      ))}
      {data.length === 0 && <div className="size-full bg-well" />}
    </div>
  );
}

const SHAPES = ["", "", "grid-cols-2", "grid-cols-2 grid-rows-2", "grid-cols-2 grid-rows-2"];

function Piece({ generation, isTall }: { generation: Generation; isTall: boolean }) {
  const { thumbnail_url, file } = generation;
  const url = thumbnail_url ? smallOf(thumbnail_url, 256) : file && here(file.url);
  return (
    <span className={`block min-h-0 overflow-hidden bg-well ${isTall ? "row-span-2" : ""}`}>
      {url && (
        <img src={url} alt="" loading="lazy" decoding="async" className="size-full object-cover" />
      )}
    </span>
  );
}
