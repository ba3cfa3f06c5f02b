import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import {
  type Member,
  membersQuery,
  type TenantRole,
  useAddMember,
  useChangeMember,
  useMemberLink,
} from "@/account/people";
import { said } from "@/api/problem";
import { Button } from "@/kit/button";
import { Shown } from "@/kit/copy";
import { Panel, SELECT } from "@/kit/panel";
import { complain, toast } from "@/kit/toasts";

interface Props {
  tenantId: string;
  tenantName: string;
  isAdmin: boolean;
  me: string | null;
}

/** Who works here, and who administers. */
export function Members({ tenantId, tenantName, isAdmin, me }: Props) {
  const { data = [], error } = useQuery(membersQuery(tenantId));
  return (
    <Panel title={`Members of ${tenantName}`}>
      {error && <p className="text-red">{said(error)}</p>}
      <ul>
        {data.map((member) => (
          <Row key={member.user_id} member={member} canChange={isAdmin && member.user_id !== me} />
        ))}
      </ul>
      {isAdmin && <NewMember tenantId={tenantId} />}
    </Panel>
  );
}

function Row({ member, canChange }: { member: Member; canChange: boolean }) {
  const change = useChangeMember();
  const link = useMemberLink();
  const name = member.display_name ?? member.email ?? "Whoever sits at this machine";
  return (
    <li className="border-t border-line py-2.5 first:border-t-0">
      <div className="flex flex-wrap items-center gap-3">
        <div className="min-w-40 flex-1">
          <p className={`truncate font-medium ${member.is_disabled ? "line-through" : ""}`}>
            {name}
          </p>
          {member.email && member.display_name && (
            <p className="truncate text-[13px] text-soft">{member.email}</p>
          )}
        </div>
        {canChange ? (
          <>
            <select
              aria-label={`Role of ${name}`}
              className={`${SELECT} w-32`}
              value={member.role}
              onChange={({ target }) =>
                change.mutate(
                  { id: member.user_id, role: target.value as TenantRole },
                  { onError: complain },
                )
              }
            >
              <option value="member">Member</option>
              <option value="admin">Admin</option>
            </select>
            {member.provider === "local" && (
              <Button
                look="quiet"
                onClick={() => link.mutate(member.user_id, { onError: complain })}
              >
                New link
              </Button>
            )}
            <Button
              look="quiet"
              onClick={() =>
                change.mutate(
                  { id: member.user_id, is_disabled: !member.is_disabled },
                  {
                    onSuccess: ({ is_disabled }) =>
                      toast(`${name} ${is_disabled ? "is shut out" : "may come in"}`),
                    onError: complain,
                  },
                )
              }
            >
              {member.is_disabled ? "Let in" : "Shut out"}
            </Button>
          </>
        ) : (
          <p className="text-[13px] text-soft">{member.role === "admin" ? "Admin" : "Member"}</p>
        )}
      </div>
      {link.data && (
        <div className="mt-2">
          <p className="mb-1.5 text-[13px] text-soft">
            For {name} alone, good once, until {new Date(link.data.expires_at).toLocaleString()}:
          </p>
          <Shown label="Copy the link" text={link.data.url} />
        </div>
      )}
    </li>
  );
}

function NewMember({ tenantId }: { tenantId: string }) {
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<TenantRole>("member");
  const add = useAddMember(tenantId);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate({ email: email.trim(), role }, { onSuccess: () => setEmail("") });
  };
  return (
    <form onSubmit={submit} aria-label="New member" className="mt-3 border-t border-line pt-3">
      <div className="grid gap-2 sm:grid-cols-[1fr_8rem_auto]">
        <input
          type="email"
          required
          aria-label="E-mail of a new member"
          placeholder="name@example.com"
          className="field h-9 py-0"
          value={email}
          onChange={({ target }) => setEmail(target.value)}
        />
        <select
          aria-label="Role of a new member"
          className={SELECT}
          value={role}
          onChange={({ target }) => setRole(target.value as TenantRole)}
        >
          <option value="member">Member</option>
          <option value="admin">Admin</option>
        </select>
        <Button type="submit" look="strong" disabled={!email.trim() || add.isPending}>
          Add
        </Button>
      </div>
      {add.error && (
        <p role="alert" className="mt-2 text-[13px] text-red">
          {said(add.error)}
        </p>
      )}
      {add.data?.link && (
        <div className="mt-3">
          <p className="mb-1.5 text-[13px]">Give them this link. It is good once.</p>
          <Shown label="Copy the link" text={add.data.link.url} />
        </div>
      )}
    </form>
  );
}
