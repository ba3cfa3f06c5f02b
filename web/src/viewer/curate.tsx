import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import type { Generation } from "@/api/client";
import {
  doToMany,
  notesQuery,
  tagsOfQuery,
  tagsQuery,
  useAddNote,
  useDeleteNote,
} from "@/boards/curation";
import { NewTag } from "@/gallery/bulk-bar";
import { IconButton } from "@/kit/button";
import { agoText } from "@/kit/texts";
import { complain } from "@/kit/toasts";

/** What people put on a generation: tags, and what they wrote about it. */
export function Curation({ generation }: { generation: Generation }) {
  return (
    <>
      <Tags generation={generation} />
      <Notes id={generation.id} />
    </>
  );
}

function Tags({ generation: { id, board_id } }: { generation: Generation }) {
  const queries = useQueryClient();
  const menu = useId();
  const { data: all = [] } = useQuery(tagsQuery);
  const { data: its = [] } = useQuery(tagsOfQuery(id));
  const others = all.filter((one) => !its.some((tag) => tag.id === one.id));
  const put = (tag_id: string, name: string) => {
    document.getElementById(menu)?.hidePopover();
    void doToMany(queries, board_id, { action: "tag", ids: [id], tag_id }, () => `Tagged ${name}`);
  };
  const take = (tag_id: string, name: string) =>
    void doToMany(queries, board_id, { action: "untag", ids: [id], tag_id }, () => `No ${name}`);
  const chip = "inline-flex h-7 items-center gap-1 rounded-full bg-well pl-3 text-xs";
  return (
    <section aria-label="Tags">
      <h3 className="mb-1.5 text-xs font-medium text-soft">Tags</h3>
      <div className="flex flex-wrap gap-1.5">
        {its.map((tag) => (
          <span key={tag.id} className={chip}>
            {tag.name}
            <IconButton
              label={`Take off the tag ${tag.name}`}
              className="size-7 rounded-full"
              onClick={() => take(tag.id, tag.name)}
            >
              <X size={12} />
            </IconButton>
          </span>
        ))}
        <button
          type="button"
          popoverTarget={menu}
          className={`${chip} pr-3 text-soft hover:text-ink`}
        >
          <Plus size={13} aria-hidden="true" /> Tag
        </button>
      </div>
      <div
        id={menu}
        popover="auto"
        className="fixed inset-auto top-1/4 right-4 m-0 max-h-[50vh] w-60 overflow-y-auto rounded-2xl border border-line bg-raised p-1.5 text-ink shadow-sheet"
      >
        {others.map((tag) => (
          <button
            key={tag.id}
            type="button"
            onClick={() => put(tag.id, tag.name)}
            className="block h-9 w-full truncate rounded-[0.625rem] px-3 text-left hover:bg-well"
          >
            {tag.name}
          </button>
        ))}
        <NewTag onMade={({ id: tagId, title }) => put(tagId, title)} />
      </div>
    </section>
  );
}

function Notes({ id }: { id: string }) {
  const { data: notes = [] } = useQuery(notesQuery(id));
  const [text, setText] = useState("");
  const add = useAddNote(id);
  const remove = useDeleteNote(id);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate(text.trim(), { onSuccess: () => setText(""), onError: complain });
  };
  return (
    <section aria-label="Notes">
      <h3 className="mb-1.5 text-xs font-medium text-soft">Notes</h3>
      <ul>
        {notes.map((note) => (
          <li key={note.id} className="group/note mb-2 flex items-start gap-1">
            <p className="min-w-0 flex-1 break-words whitespace-pre-wrap">
              {note.text} <span className="text-xs text-soft">{agoText(note.created_at)}</span>
            </p>
            <IconButton
              label="Delete the note"
              className="-my-1 size-7"
              onClick={() => remove.mutate(note.id, { onError: complain })}
            >
              <X size={13} />
            </IconButton>
          </li>
        ))}
      </ul>
      <form onSubmit={submit} className="flex gap-1.5">
        <input
          aria-label="A new note"
          placeholder="Write a note"
          maxLength={10_000}
          className="field h-9 py-0"
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
        <IconButton label="Keep the note" type="submit" disabled={!text.trim() || add.isPending}>
          <Plus size={16} />
        </IconButton>
      </form>
    </section>
  );
}
