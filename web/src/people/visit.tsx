import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useEffect, useState } from "react";
import { asked, client, downloadOf, here, smallOf } from "@/api/client";
import { said } from "@/api/problem";
import type { components } from "@/api/schema";
import { Button } from "@/kit/button";
import { Mark } from "@/kit/mark";
import { Modal } from "@/kit/modal";
import { ThemeSwitch } from "@/kit/theme";
import { TYPE_NAMES, TypeIcon } from "@/kit/types";

type Shared = components["schemas"]["SharedGeneration"];

/** A board as somebody sees it who has nothing but its link. */
export default function Visit({ token }: { token: string }) {
  const path = { token };
  const board = useQuery({
    queryKey: ["shared", token],
    queryFn: () => asked(client.GET("/api/v1/shared/{token}", { params: { path } })),
    retry: false,
  });
  const items = useInfiniteQuery({
    queryKey: ["shared items", token],
    queryFn: ({ pageParam }) => {
      const query = { limit: 60, ...(pageParam ? { cursor: pageParam } : {}) };
      return asked(client.GET("/api/v1/shared/{token}/generations", { params: { path, query } }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    enabled: board.isSuccess,
  });
  const [open, setOpen] = useState<Shared | null>(null);
  const title = board.data?.title;
  useEffect(() => {
    document.title = title ? `${title} · Boards` : "Boards";
  }, [title]);
  const all = items.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <header className="sticky top-0 z-30 flex h-14 items-center gap-3 border-b border-line bg-wall/85 px-4 backdrop-blur-xl">
        <Mark className="size-6" />
        <h1 className="min-w-0 flex-1 truncate font-medium">{title ?? "Boards"}</h1>
        <ThemeSwitch />
      </header>
      <main className="min-h-[calc(100dvh-3.5rem)] px-4 py-6 sm:px-6">
        {board.error && (
          <p role="alert" className="py-24 text-center text-soft">
            This link leads nowhere, or not any more. {said(board.error)}
          </p>
        )}
        {items.isSuccess && all.length === 0 && (
          <p className="py-24 text-center text-soft">There is nothing on this board yet.</p>
        )}
        <ul className="grid grid-cols-2 gap-3 sm:grid-cols-[repeat(auto-fill,minmax(13.5rem,1fr))] sm:gap-5">
          {all.map((one) => (
            <li key={one.id} data-shared={one.id} className="min-w-0">
              <button
                type="button"
                aria-label={`Open ${nameOf(one)}`}
                onClick={() => setOpen(one)}
                className="grid aspect-square w-full place-items-center overflow-hidden rounded-xl bg-panel p-4 ring-1 ring-line hover:shadow-lift"
              >
                <Small one={one} />
              </button>
              <p className="mt-2 truncate px-0.5 text-[13px]">{nameOf(one)}</p>
            </li>
          ))}
        </ul>
        {items.hasNextPage && (
          <p className="py-8 text-center">
            <Button disabled={items.isFetching} onClick={() => void items.fetchNextPage()}>
              Show more
            </Button>
          </p>
        )}
      </main>
      {open && (
        <Modal title={nameOf(open)} onClose={() => setOpen(null)} className="w-6xl">
          <div className="px-5 pb-5">
            <Whole one={open} />
            {open.file && (
              <a
                href={downloadOf(open.file.url)}
                download
                className="mt-4 inline-flex h-9 items-center gap-2 rounded-[0.625rem] bg-well px-3.5 font-medium"
              >
                <Download size={15} aria-hidden="true" /> Download
              </a>
            )}
          </div>
        </Modal>
      )}
    </>
  );
}

const nameOf = ({ title, inputs, artifact_type }: Shared): string =>
  title ?? (typeof inputs.prompt === "string" ? inputs.prompt : TYPE_NAMES[artifact_type]);

function Small({ one }: { one: Shared }) {
  const { thumbnail_url, file, artifact_type, content } = one;
  if (thumbnail_url || (artifact_type === "image" && file)) {
    const url = thumbnail_url ? smallOf(thumbnail_url, 512) : here(file?.url ?? "");
    return <img src={url} alt="" loading="lazy" className="size-full object-contain" />;
  }
  if (content) {
    return <span className="line-clamp-8 text-left text-[13px] text-soft">{content}</span>;
  }
  return <TypeIcon type={artifact_type} size={28} />;
}

function Whole({ one: { artifact_type, file, content, title } }: { one: Shared }) {
  if (content) return <p className="max-w-prose whitespace-pre-wrap">{content}</p>;
  if (!file) return null;
  const url = here(file.url);
  if (artifact_type === "image") {
    return <img src={url} alt={title ?? ""} className="mx-auto max-h-[62vh] rounded-md" />;
  }
  if (artifact_type === "video") {
    // biome-ignore lint/a11y/useMediaCaption: what people make here comes without captions
    return <video src={url} controls className="mx-auto max-h-[62vh] rounded-md" />;
  }
  // biome-ignore lint/a11y/useMediaCaption: what people make here comes without captions
  if (artifact_type === "audio") return <audio src={url} controls className="w-full" />;
  return null;
}
