import { useQuery } from "@tanstack/react-query";
import { Link2, X } from "lucide-react";
import { type FormEvent, type ReactNode, useState } from "react";
import { membersQuery } from "@/account/people";
import type { Board } from "@/api/client";
import { said } from "@/api/problem";
import { type BoardRole, useChangeBoard } from "@/boards/curation";
import { linksQuery, peopleQuery, useSharing } from "@/boards/sharing";
import { Button, IconButton } from "@/kit/button";
import { Shown } from "@/kit/copy";
import { Modal } from "@/kit/modal";
import { SELECT } from "@/kit/panel";
import { agoText } from "@/kit/texts";
import { complain, toast } from "@/kit/toasts";
import { sessionQuery } from "@/people/session";
import { sharedAddress } from "@/people/shared";

const ROLES: Record<BoardRole, string> = {
  viewer: "May look",
  editor: "May make things",
  admin: "May manage",
};

interface Props {
  board: Board;
  onClose: () => void;
}

/** Who may come to a board: people by their role, everybody here, or whoever has a link. */
export default function Share({ board, onClose }: Props) {
  return (
    <Modal title={`Share ${board.title}`} onClose={onClose} className="w-xl">
      <div className="flex flex-col gap-6 px-5 pb-6">
        <People boardId={board.id} />
        <Links boardId={board.id} />
        <Openness board={board} />
      </div>
    </Modal>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-2 text-xs font-medium text-soft">{title}</h3>
      {children}
    </section>
  );
}

function People({ boardId }: { boardId: string }) {
  const { data: session } = useQuery(sessionQuery);
  const { data, error } = useQuery(peopleQuery(boardId));
  const known = useQuery(membersQuery(session?.me?.tenant?.id ?? ""));
  const { invite, change, remove, withdraw } = useSharing(boardId);
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<BoardRole>("editor");
  const nameOf = (id: string) => {
    const one = known.data?.find(({ user_id }) => user_id === id);
    const name = one?.display_name ?? one?.email;
    return id === session?.me?.user_id
      ? `${name ?? "You"}${name ? " (you)" : ""}`
      : (name ?? "Somebody");
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    invite.mutate({ email: email.trim(), role }, { onSuccess: () => setEmail("") });
  };
  const row = "flex h-11 items-center gap-2 border-t border-line first:border-t-0";
  return (
    <Part title="People">
      {error && <p className="text-red">{said(error)}</p>}
      <ul>
        {data && (
          <li className={row}>
            <span className="min-w-0 flex-1 truncate">{nameOf(data.owner_id)}</span>
            <span className="text-[13px] text-soft">Owner</span>
          </li>
        )}
        {data?.members.map((one) => (
          <li key={one.user_id} className={row}>
            <span className="min-w-0 flex-1 truncate">{nameOf(one.user_id)}</span>
            <RoleSelect
              label={`Role of ${nameOf(one.user_id)}`}
              role={one.role}
              onChange={(next) =>
                change.mutate({ user_id: one.user_id, role: next }, { onError: complain })
              }
            />
            <IconButton
              label={`Remove ${nameOf(one.user_id)}`}
              onClick={() => remove.mutate(one.user_id, { onError: complain })}
            >
              <X size={16} />
            </IconButton>
          </li>
        ))}
        {data?.invitations.map((one) => (
          <li key={one.id} className={row}>
            <span className="min-w-0 flex-1 truncate text-soft">{one.email}, invited</span>
            <span className="text-[13px] text-soft">{ROLES[one.role]}</span>
            <IconButton
              label={`Withdraw the invitation of ${one.email}`}
              onClick={() => withdraw.mutate(one.id, { onError: complain })}
            >
              <X size={16} />
            </IconButton>
          </li>
        ))}
      </ul>
      <form
        onSubmit={submit}
        className="mt-2 grid grid-cols-[1fr_auto] gap-2 sm:grid-cols-[1fr_10rem_auto]"
      >
        <input
          type="email"
          required
          aria-label="E-mail of who is to come"
          placeholder="name@example.com"
          className="field h-9 py-0 max-sm:col-span-2"
          value={email}
          onChange={({ target }) => setEmail(target.value)}
        />
        <RoleSelect label="What they may do" role={role} onChange={setRole} />
        <Button type="submit" look="strong" disabled={!email.trim() || invite.isPending}>
          Invite
        </Button>
      </form>
      {invite.error && (
        <p role="alert" className="mt-2 text-[13px] text-red">
          {said(invite.error)}
        </p>
      )}
      {invite.data?.link && (
        <div className="mt-3">
          <p className="mb-1.5 text-[13px]">Hand this on: it lets one person of yours on, once.</p>
          <Shown label="Copy the invitation" text={invite.data.link} />
        </div>
      )}
    </Part>
  );
}

interface RoleProps {
  label: string;
  role: BoardRole;
  onChange: (role: BoardRole) => void;
}

function RoleSelect({ label, role, onChange }: RoleProps) {
  return (
    <select
      aria-label={label}
      className={`${SELECT} w-40 max-w-full`}
      value={role}
      onChange={({ target }) => onChange(target.value as BoardRole)}
    >
      {Object.entries(ROLES).map(([one, text]) => (
        <option key={one} value={one}>
          {text}
        </option>
      ))}
    </select>
  );
}

function Links({ boardId }: { boardId: string }) {
  const { data = [], error } = useQuery(linksQuery(boardId));
  const { link, revoke } = useSharing(boardId);
  const [days, setDays] = useState("30");
  return (
    <Part title="Links">
      {error && <p className="text-red">{said(error)}</p>}
      <p className="mb-2 text-[13px] text-soft">
        Whoever has a link may look without signing in: media and titles, no prompt, no cost.
      </p>
      <ul>
        {data.map((one) => (
          <li key={one.id} className="flex h-11 items-center gap-2 border-t border-line">
            <Link2 size={16} className="text-soft" aria-hidden="true" />
            <span className="min-w-0 flex-1 truncate">
              …{one.hint}{" "}
              <span className="text-[13px] text-soft">
                {agoText(one.created_at)},{" "}
                {one.expires_at
                  ? `until ${new Date(one.expires_at).toLocaleDateString()}`
                  : "until revoked"}
              </span>
            </span>
            <Button
              look="quiet"
              aria-label={`Revoke the link …${one.hint}`}
              onClick={() =>
                revoke.mutate(one.id, {
                  onSuccess: () => toast("The link leads nowhere any more"),
                  onError: complain,
                })
              }
            >
              Revoke
            </Button>
          </li>
        ))}
      </ul>
      <div className="mt-2 flex gap-2">
        <select
          aria-label="How long the link is good"
          className={`${SELECT} w-40`}
          value={days}
          onChange={({ target }) => setDays(target.value)}
        >
          <option value="1">One day</option>
          <option value="30">30 days</option>
          <option value="">Until revoked</option>
        </select>
        <Button
          disabled={link.isPending}
          onClick={() => link.mutate(days ? Number(days) : null, { onError: complain })}
        >
          <Link2 size={15} /> Make a link
        </Button>
      </div>
      {link.data && data.some(({ id }) => id === link.data.link.id) && (
        <div className="mt-3">
          <p className="mb-1.5 text-[13px]">Take it along now: it is not shown again.</p>
          <Shown label="Copy the link" text={sharedAddress(link.data.token)} />
        </div>
      )}
    </Part>
  );
}

function Openness({ board }: { board: Board }) {
  const change = useChangeBoard();
  const set = (part: Partial<Pick<Board, "is_public" | "share_recipes">>) =>
    change.mutate({ id: board.id, ...part }, { onError: complain });
  return (
    <Part title="What is open">
      <Check
        label="Everybody who signs in here may look"
        isOn={board.is_public}
        onChange={(is_public) => set({ is_public })}
      />
      <Check
        label="Whoever may look also sees prompts and inputs"
        isOn={board.share_recipes}
        onChange={(share_recipes) => set({ share_recipes })}
      />
    </Part>
  );
}

interface CheckProps {
  label: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}

function Check({ label, isOn, onChange }: CheckProps) {
  return (
    <label className="flex items-center gap-3 py-1.5">
      <input
        type="checkbox"
        className="size-4 accent-accent"
        checked={isOn}
        onChange={({ target }) => onChange(target.checked)}
      />
      {label}
    </label>
  );
}
