import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import { address, type Generation } from "@/api/client";
import { Problem, said, Unreachable } from "@/api/problem";
import { boardsQuery, show } from "@/api/queries";

/** A file on its way to the server. */
export interface Upload {
  id: number;
  name: string;
  /** A fraction from 0 to 1. */
  progress: number;
  error: string | null;
}

export interface Uploads {
  uploads: readonly Upload[];
  /** Send files one after the other; gives what came of each that arrived. */
  send: (files: Iterable<File>, boardId: string | null) => Promise<Generation[]>;
  dismiss: (id: number) => void;
}

export function useUploads(): Uploads {
  const queries = useQueryClient();
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  const count = useRef(0);
  const dismiss = useCallback(
    (id: number) => setUploads((all) => all.filter((one) => one.id !== id)),
    [],
  );
  const send = useCallback(
    async (files: Iterable<File>, boardId: string | null) => {
      const waiting = Array.from(files, (file) => {
        count.current += 1;
        return { file, id: count.current };
      });
      const shown = waiting.map(({ file, id }) => ({
        id,
        name: file.name,
        progress: 0,
        error: null,
      }));
      setUploads((all) => [...shown, ...all]);
      const change = (id: number, part: Partial<Upload>) =>
        setUploads((all) => all.map((one) => (one.id === id ? { ...one, ...part } : one)));
      const arrived: Generation[] = [];
      for (const { file, id } of waiting) {
        try {
          const generation = await sent(file, boardId, (progress) => change(id, { progress }));
          show(queries, [generation]);
          arrived.push(generation);
          dismiss(id);
        } catch (error) {
          change(id, { error: said(error) });
        }
      }
      void queries.invalidateQueries({ queryKey: boardsQuery.queryKey });
      return arrived;
    },
    [queries, dismiss],
  );
  return { uploads, send, dismiss };
}

/** Send one file. `fetch` cannot tell how much has been sent; this can. */
export function sent(
  file: File,
  boardId: string | null,
  tell: (progress: number) => void,
  parentId?: string,
): Promise<Generation> {
  const form = new FormData();
  if (boardId) form.append("board_id", boardId);
  if (parentId) form.append("parent_id", parentId);
  form.append("file", file, file.name);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", address("/api/v1/uploads"));
    request.responseType = "json";
    request.upload.addEventListener("progress", ({ loaded, total }) => tell(loaded / total));
    request.addEventListener("error", () => reject(new Unreachable()));
    request.addEventListener("load", () => {
      if (request.status === 201) resolve(request.response as Generation);
      else reject(Problem.of(request.status, request.response));
    });
    request.send(form);
  });
}
