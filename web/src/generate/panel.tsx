import { ChevronsUpDown, KeyRound, X } from "lucide-react";
import { type DragEvent, lazy, Suspense, useState } from "react";
import { carriesFiles } from "@/gallery/drag";
import { formOf, recalled, slotFor, withArtifact } from "@/generate/form";
import { FormGroups } from "@/generate/groups";
import { LikeButton } from "@/generate/likes";
import { readRecipe } from "@/generate/read-recipe";
import { Run } from "@/generate/run";
import { Button, IconButton } from "@/kit/button";
import { useKeys } from "@/kit/keys";
import { generatorTitle } from "@/kit/texts";
import { complain, toast } from "@/kit/toasts";
import { TypeIcon } from "@/kit/types";
import { TO_PAGE } from "@/place";
import { useStudio } from "@/studio";

const Chooser = lazy(() => import("@/generate/chooser"));

/** Choose a generator, fill in its form, see the price, run it. */
export function GeneratePanel() {
  const { generator, generators, drafts, openForm, placing, place, go, viewed } = useStudio();
  const [isChoosing, setChoosing] = useState(false);
  const [faults, setFaults] = useState<ReadonlyMap<string, string>>(new Map());
  const startChoosing = () => {
    openForm(true);
    setChoosing(true);
  };
  useKeys({ m: startChoosing }, !viewed);
  const drop = useRecipeDrop();
  if (!generator) return <p className="p-6 text-soft">Loading the generators…</p>;
  if (isChoosing || placing) {
    const taking = placing
      ? generators.filter((one) => slotFor(formOf(one.input_schema), {}, placing.artifact_type))
      : generators;
    const close = () => {
      setChoosing(false);
      place(null);
    };
    const choose = (name: string) => {
      drafts.choose(name);
      const its = generators.find((one) => one.name === name);
      const slot =
        its &&
        placing &&
        slotFor(formOf(its.input_schema), drafts.valuesOf(name), placing.artifact_type);
      if (slot) {
        const before = drafts.valuesOf(name)[slot.name];
        drafts.set(name, slot.name, withArtifact(slot, before, placing.id));
      }
      setFaults(new Map());
      close();
    };
    return (
      <Suspense>
        <Chooser
          generators={taking}
          current={generator.name}
          placing={placing}
          onClose={close}
          onChoose={choose}
        />
      </Suspense>
    );
  }
  return (
    <div className="flex min-h-0 flex-1 flex-col" {...drop}>
      <div className="flex items-center gap-1 p-3">
        <button
          type="button"
          onClick={() => setChoosing(true)}
          className="group flex min-w-0 flex-1 items-center gap-3 rounded-xl p-2 text-left hover:bg-well"
        >
          <span className="grid size-10 shrink-0 place-items-center rounded-[0.625rem] bg-well text-soft group-hover:bg-panel">
            <TypeIcon type={generator.artifact_type} size={19} />
          </span>
          <span className="min-w-0 flex-1">
            <span className="block truncate text-[15px] font-semibold tracking-tight">
              {generatorTitle(generator)}
            </span>
            <span className="block truncate text-xs text-soft">{generator.description}</span>
          </span>
          <ChevronsUpDown size={16} className="shrink-0 text-soft" aria-hidden="true" />
          <span className="sr-only">Change the generator</span>
        </button>
        <LikeButton name={generator.name} title={generatorTitle(generator)} />
        <IconButton label="Close" className="lg:hidden" onClick={() => openForm(false)}>
          <X size={18} />
        </IconButton>
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto px-5 pb-6" key={generator.name}>
        {generator.unavailable && (
          <div className="mb-5 rounded-xl bg-amber-soft p-3.5 text-[13px]">
            <p className="text-amber">{generator.unavailable}</p>
            <Button
              className="mt-3"
              onClick={() => go({ ...TO_PAGE, page: "settings", part: "providers" })}
            >
              <KeyRound size={15} /> Go to the providers
            </Button>
          </div>
        )}
        <FormGroups faults={faults} />
      </div>
      <Run key={generator.name} onFaults={setFaults} />
    </div>
  );
}

/** A file that is dropped beside the slots fills the form by its recipe, where it has one. */
function useRecipeDrop() {
  const { generators, drafts } = useStudio();
  const take = async (file: File) => {
    try {
      const { generator: name, inputs, warnings } = await readRecipe(file);
      const its = generators.find((one) => one.name === name);
      if (!its) {
        toast("The file does not say by which generator it was made.");
        return;
      }
      drafts.choose(its.name, recalled(formOf(its.input_schema), inputs));
      toast(["Filled in from the file.", ...warnings].join(" "));
    } catch (error) {
      complain(error);
    }
  };
  return {
    onDragOver: (event: DragEvent) => carriesFiles(event) && event.preventDefault(),
    onDrop: (event: DragEvent) => {
      const [file] = event.dataTransfer.files;
      if (!file || !carriesFiles(event)) return;
      event.preventDefault();
      void take(file);
    },
  };
}
