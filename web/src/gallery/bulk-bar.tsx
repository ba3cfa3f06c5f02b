import { useQuery, useQueryClient } from "@tanstack/react-query";
import {
  Copy,
  CornerUpLeft,
  FolderInput,
  Heart,
  Plus,
  Tag as TagIcon,
  Trash2,
  X,
} from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { known } from "@/api/queries";
import { tagsQuery, useMakeTag } from "@/boards/curation";
import type { Bulk } from "@/gallery/bulk";
import { Button, IconButton } from "@/kit/button";
import { complain } from "@/kit/toasts";
import { useStudio } from "@/studio";

/** Stands at the bottom while something is selected. */
export default function BulkBar({ bulk }: { bulk: Bulk }) {
  const queries = useQueryClient();
  const { selection, use, boards = [], board } = useStudio();
  const { data: tags = [] } = useQuery(tagsQuery);
  const ids = [...selection.ids];
  if (ids.length === 0) return null;
  const done = (act: () => void) => {
    selection.clear();
    act();
  };
  const others = boards.filter(({ id }) => id !== board?.id);
  return (
    <div
      role="toolbar"
      aria-label="Selected"
      className="fixed bottom-4 left-1/2 z-20 flex max-w-[calc(100vw-1rem)] -translate-x-1/2 animate-rise items-center overflow-x-auto rounded-2xl border border-line bg-raised p-1.5 shadow-sheet lg:left-[calc(50%+11.75rem)]"
    >
      <p className="px-2 font-medium whitespace-nowrap tabular-nums sm:px-3" aria-live="polite">
        {ids.length.toLocaleString()} <span className="max-sm:sr-only">selected</span>
      </p>
      {ids.length === 1 && (
        <BarButton
          label="Use"
          Icon={CornerUpLeft}
          onClick={() => {
            const one = known(queries, ids[0] ?? "");
            if (one) done(() => use(one));
          }}
        />
      )}
      <BarButton label="Favourite" Icon={Heart} onClick={() => done(() => bulk.favour(ids))} />
      <Choose
        label="Tag"
        Icon={TagIcon}
        options={tags.map(({ id, name }) => ({ id, title: name }))}
        onChoose={(id, name) => done(() => bulk.tag(ids, id, name))}
        maker
      />
      <Choose
        label="Move"
        Icon={FolderInput}
        options={others}
        onChoose={(id, title) => done(() => bulk.move(ids, id, title))}
      />
      <Choose
        label="Copy"
        Icon={Copy}
        options={others}
        onChoose={(id, title) => done(() => bulk.copy(ids, id, title))}
      />
      <BarButton label="Delete" Icon={Trash2} onClick={() => done(() => bulk.remove(ids))} />
      <IconButton label="Select nothing" onClick={selection.clear}>
        <X size={16} />
      </IconButton>
    </div>
  );
}

interface BarButtonProps {
  label: string;
  Icon: typeof Heart;
  onClick?: () => void;
  popoverTarget?: string;
}

function BarButton({ label, Icon, ...rest }: BarButtonProps) {
  return (
    <Button look="quiet" className="max-sm:px-2.5" {...rest}>
      <Icon size={15} /> <span className="max-sm:sr-only">{label}</span>
    </Button>
  );
}

interface ChooseProps {
  label: string;
  Icon: typeof Heart;
  options: readonly { id: string; title: string }[];
  onChoose: (id: string, title: string) => void;
  /** Whether a new one can be made. */
  maker?: boolean;
}

function Choose({ label, Icon, options, onChoose, maker = false }: ChooseProps) {
  const id = useId();
  const choose = (one: { id: string; title: string }) => {
    document.getElementById(id)?.hidePopover();
    onChoose(one.id, one.title);
  };
  return (
    <>
      <BarButton label={label} Icon={Icon} popoverTarget={id} />
      <div
        id={id}
        popover="auto"
        className="fixed inset-auto bottom-20 left-1/2 m-0 max-h-[50vh] w-64 -translate-x-1/2 overflow-y-auto rounded-2xl border border-line bg-raised p-1.5 text-ink shadow-sheet"
      >
        {options.map((one) => (
          <button
            key={one.id}
            type="button"
            onClick={() => choose(one)}
            className="block h-9 w-full truncate rounded-[0.625rem] px-3 text-left hover:bg-well"
          >
            {one.title}
          </button>
        ))}
        {options.length === 0 && !maker && (
          <p className="p-2.5 text-soft">There is no other board.</p>
        )}
        {maker && <NewTag onMade={choose} />}
      </div>
    </>
  );
}

export function NewTag({ onMade }: { onMade: (tag: { id: string; title: string }) => void }) {
  const [name, setName] = useState("");
  const make = useMakeTag();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate(name.trim(), {
      onSuccess: (tag) => {
        setName("");
        onMade({ id: tag.id, title: tag.name });
      },
      onError: complain,
    });
  };
  return (
    <form onSubmit={submit} className="flex gap-1.5 p-1">
      <input
        aria-label="Name of a new tag"
        placeholder="New tag"
        maxLength={100}
        className="field h-8 py-0 text-[13px]"
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
      <IconButton
        label="Make the tag"
        type="submit"
        className="size-8"
        disabled={!name.trim() || make.isPending}
      >
        <Plus size={15} />
      </IconButton>
    </form>
  );
}
