import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type TokenScope, tokensQuery, useMakeToken, useRevokeToken } from "@/account/people";
import { said } from "@/api/problem";
import { Button } from "@/kit/button";
import { Shown } from "@/kit/copy";
import { Panel, SELECT } from "@/kit/panel";
import { agoText } from "@/kit/texts";
import { complain, toast } from "@/kit/toasts";

const SCOPES: Record<TokenScope, string> = {
  read: "look",
  generate: "look and generate",
  manage: "look, generate and manage boards",
  admin: "do everything that you may",
};
const GIVEN: Record<TokenScope, TokenScope[]> = {
  read: ["read"],
  generate: ["read", "generate"],
  manage: ["read", "generate", "manage"],
  admin: ["read", "generate", "manage", "admin"],
};

/** By what programs come in for somebody. A token is shown once. */
export function Tokens() {
  const { data = [], error } = useQuery(tokensQuery);
  const revoke = useRevokeToken();
  const live = data.filter(({ revoked_at }) => revoked_at === null);
  return (
    <Panel title="Tokens" about="For programs that work in your name. Budgets can be set for each.">
      {error && <p className="text-red">{said(error)}</p>}
      <ul>
        {live.map((token) => (
          <li
            key={token.id}
            className="flex items-center gap-3 border-t border-line py-2.5 first:border-t-0"
          >
            <div className="min-w-0 flex-1">
              <p className="truncate font-medium">
                {token.name} <code className="font-mono text-xs text-soft">{token.hint}</code>
              </p>
              <p className="truncate text-[13px] text-soft">
                {token.scopes.join(", ")} ·{" "}
                {token.last_used_at ? `used ${agoText(token.last_used_at)}` : "never used"}
                {token.expires_at && ` · until ${new Date(token.expires_at).toLocaleDateString()}`}
              </p>
            </div>
            <Button
              look="quiet"
              disabled={revoke.isPending}
              aria-label={`Revoke ${token.name}`}
              onClick={() =>
                revoke.mutate(token.id, {
                  onSuccess: () => toast(`${token.name} is revoked`),
                  onError: complain,
                })
              }
            >
              Revoke
            </Button>
          </li>
        ))}
      </ul>
      <NewToken />
    </Panel>
  );
}

function NewToken() {
  const [name, setName] = useState("");
  const [scope, setScope] = useState<TokenScope>("generate");
  const [days, setDays] = useState("90");
  const make = useMakeToken();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate(
      { name: name.trim(), scopes: GIVEN[scope], expires_days: days ? Number(days) : null },
      { onSuccess: () => setName("") },
    );
  };
  return (
    <form onSubmit={submit} aria-label="New token" className="mt-3 border-t border-line pt-3">
      <div className="grid gap-2 sm:grid-cols-[1fr_1fr_8rem_auto]">
        <input
          aria-label="What it is for"
          placeholder="What it is for"
          maxLength={100}
          className="field h-9 py-0"
          value={name}
          onChange={({ target }) => setName(target.value)}
        />
        <select
          aria-label="What it may do"
          className={SELECT}
          value={scope}
          onChange={({ target }) => setScope(target.value as TokenScope)}
        >
          {Object.entries(SCOPES).map(([one, text]) => (
            <option key={one} value={one}>
              May {text}
            </option>
          ))}
        </select>
        <select
          aria-label="How long"
          className={SELECT}
          value={days}
          onChange={({ target }) => setDays(target.value)}
        >
          <option value="7">7 days</option>
          <option value="90">90 days</option>
          <option value="365">a year</option>
          <option value="">for ever</option>
        </select>
        <Button type="submit" look="strong" disabled={!name.trim() || make.isPending}>
          Make
        </Button>
      </div>
      {make.error && (
        <p role="alert" className="mt-2 text-[13px] text-red">
          {said(make.error)}
        </p>
      )}
      {make.data && (
        <div className="mt-3">
          <p className="mb-1.5 text-[13px]">
            Take it along now: <strong>{make.data.token.name}</strong> is not shown again.
          </p>
          <Shown label="Copy the token" text={make.data.text} />
        </div>
      )}
    </form>
  );
}
