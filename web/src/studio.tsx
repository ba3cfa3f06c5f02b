import { useQuery } from "@tanstack/react-query";
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
} from "react";
import type { ArtifactType, Board, Generation, Generator } from "@/api/client";
import { type Connection, useLive } from "@/api/live";
import type { Ids } from "@/api/merge";
import { boardQuery, boardsQuery, generatorsQuery, idsQuery } from "@/api/queries";
import { type Upload, useUploads } from "@/api/uploads";
import { type Filter, filterOf, filterText } from "@/gallery/filter";
import { type Selection, useSelection } from "@/gallery/selection";
import { type DraftsInHand, useDrafts } from "@/generate/drafts";
import { formOf, type Group, slotFor, slotsOf, withArtifact } from "@/generate/form";
import { type Recall, recall } from "@/generate/recall";
import { generatorTitle, nameOf } from "@/kit/texts";
import { toast } from "@/kit/toasts";
import { type Go, type Place, TO_PAGE, usePlace } from "@/place";

/** A slot that waits for a tile to be chosen. */
export interface Picking {
  generator: string;
  slot: string;
  title: string;
  takes: readonly ArtifactType[];
}

/** What the parts of the page share: where we are, what is filled in, what is being chosen. */
export interface Studio {
  here: Place;
  go: Go;
  boards: readonly Board[] | undefined;
  board: Board | null;
  goTo: (boardId: string) => void;
  connection: Connection;
  /** What is on the board, or what of it is looked for, newest first. */
  ids: Ids;
  filter: Filter;
  narrow: (filter: Filter) => void;
  selection: Selection;
  /** What could not be loaded, if anything. */
  trouble: Error | null;
  isLoaded: boolean;

  viewed: string | null;
  view: (id: string | null) => void;

  generators: readonly Generator[];
  /** What made a generation, for people. */
  makerOf: (generation: Generation) => string;
  generator: Generator | null;
  form: readonly Group[];
  drafts: DraftsInHand;
  picking: Picking | null;
  pick: (picking: Picking | null) => void;
  /** Put an artifact into the slot being filled, or into the first that takes it; where the chosen
   * generator has none, one that has is asked for. */
  use: (generation: Generation) => void;
  canUse: (generation: Generation) => boolean;
  /** An artifact for which a generator is being chosen. */
  placing: Generation | null;
  place: (generation: Generation | null) => void;
  /** Take over the generator and the inputs of an earlier run, or some of them. */
  recall: (generation: Generation, how?: Recall) => void;

  uploads: readonly Upload[];
  upload: (files: Iterable<File>) => Promise<Generation[]>;
  dismissUpload: (id: number) => void;

  /** On a narrow page the form covers the board while it is open. */
  isFormOpen: boolean;
  openForm: (isOpen: boolean) => void;
}

const NO_IDS: Ids = [];
const Context = createContext<Studio | null>(null);

export function useStudio(): Studio {
  const studio = useContext(Context);
  if (!studio) throw new Error("useStudio is for what stands inside StudioProvider.");
  return studio;
}

export function StudioProvider({ children }: { children: ReactNode }) {
  const [here, go] = usePlace();
  const boards = useQuery(boardsQuery);
  const listed = boards.data?.find(({ id }) => id === here.board) ?? null;
  // A board that is shared by its link alone is in nobody's list.
  const other = useQuery({
    ...boardQuery(here.board ?? ""),
    enabled: here.board !== null && boards.isSuccess && listed === null,
  });
  const board = listed ?? other.data ?? null;
  const boardId = board?.id ?? null;
  const filter = useMemo(() => filterOf(here.only), [here.only]);
  const listing = useQuery({ ...idsQuery(boardId ?? "", filter), enabled: boardId !== null });
  const ids = listing.data ?? NO_IDS;
  const selection = useSelection(ids);
  // Events tell what changes; so what is there comes first.
  const connection = useLive(listing.isSuccess ? boardId : null);
  const generators = useQuery(generatorsQuery);
  const drafts = useDrafts();
  const { uploads, send, dismiss } = useUploads();
  const [picking, pick] = useState<Picking | null>(null);
  const [placing, place] = useState<Generation | null>(null);
  const [isFormOpen, openForm] = useState(false);

  const chosen = drafts.drafts.generator;
  const known = generators.data ?? [];
  const generator = known.find(({ name }) => name === chosen) ?? known[0] ?? null;
  const form = useMemo(() => (generator ? formOf(generator.input_schema) : []), [generator]);

  const titles = useMemo(
    () => new Map(generators.data?.map((one) => [one.name, generatorTitle(one)])),
    [generators.data],
  );

  const usable = useMemo(
    () =>
      (generators.data ?? [])
        .flatMap((one) => slotsOf(formOf(one.input_schema)))
        .flatMap(({ takes }) => takes),
    [generators.data],
  );

  useEffect(() => {
    document.title = board ? `${board.title} · Boards` : "Boards";
  }, [board]);

  const upload = useCallback((files: Iterable<File>) => send(files, boardId), [send, boardId]);

  const values = generator ? drafts.valuesOf(generator.name) : {};
  const { clear } = selection;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another board is another selection
  useEffect(clear, [boardId, clear]);
  const studio: Studio = {
    here,
    go,
    boards: boards.data,
    board,
    goTo: (id) => go({ ...TO_PAGE, page: "board", board: id }),
    connection,
    ids,
    filter,
    narrow: (next) => {
      selection.clear();
      go({ only: filterText(next) }, "replace");
    },
    selection,
    trouble: boards.error ?? other.error ?? listing.error ?? generators.error,
    isLoaded: boards.isSuccess && (boardId === null || listing.isSuccess),

    viewed: here.view,
    view: (id) => go({ view: id, compare: null }, here.view && id ? "replace" : "push"),

    generators: known,
    makerOf: ({ generator: name }) => titles.get(name) ?? nameOf(name),
    generator,
    form,
    drafts,
    picking,
    pick,
    placing,
    place,
    canUse: ({ artifact_type, status }) =>
      status === "completed" && (picking ? picking.takes : usable).includes(artifact_type),
    use: (generation) => {
      const slot = picking
        ? form.flatMap(({ fields }) => fields).find(({ name }) => name === picking.slot)
        : slotFor(form, values, generation.artifact_type);
      if (generator && slot?.takes.includes(generation.artifact_type)) {
        drafts.set(generator.name, slot.name, withArtifact(slot, values[slot.name], generation.id));
      } else place(generation);
      pick(null);
      go({ ...TO_PAGE, page: "board", board: here.board ?? generation.board_id }, "replace");
      openForm(true);
    },
    recall: (generation, how = "all") => {
      const isWhole = how === "all" || how === "remix";
      const its = isWhole ? known.find(({ name }) => name === generation.generator) : generator;
      if (!its) return;
      const next = recall(how, generation, formOf(its.input_schema), drafts.valuesOf(its.name));
      if (!next) {
        toast(`${generatorTitle(its)} takes no ${how}.`);
        return;
      }
      drafts.choose(its.name, next);
      if (!isWhole) {
        toast(`Took over the ${how}.`);
        return;
      }
      go({ ...TO_PAGE, page: "board", board: here.board ?? generation.board_id });
      openForm(true);
    },

    uploads,
    upload,
    dismissUpload: dismiss,
    isFormOpen,
    openForm,
  };
  return <Context value={studio}>{children}</Context>;
}
