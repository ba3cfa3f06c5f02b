import { useQuery } from "@tanstack/react-query";
import { CircleCheck, KeyRound, Pause, Play } from "lucide-react";
import { type FormEvent, useState } from "react";
import { type Provider, providersQuery, useForgetKey, usePause, useSetKey } from "@/account/people";
import { said } from "@/api/problem";
import { Button, IconButton } from "@/kit/button";
import { Panel } from "@/kit/panel";
import { complain, toast } from "@/kit/toasts";

/** Which providers can be used, and the exact step for those that cannot. */
export function Providers({ isAdmin }: { isAdmin: boolean }) {
  const { data = [], error } = useQuery(providersQuery);
  const sorted = data.toSorted((one, other) => Number(other.configured) - Number(one.configured));
  return (
    <Panel
      title="Providers"
      about="Local generators need nothing. Others need a key, from the server's environment or set here."
    >
      {error && <p className="text-red">{said(error)}</p>}
      <ul>
        {sorted.map((one) => (
          <Row key={one.name} provider={one} isAdmin={isAdmin} />
        ))}
      </ul>
    </Panel>
  );
}

function Row({ provider, isAdmin }: { provider: Provider; isAdmin: boolean }) {
  const { name, title, configured, needs, key_name, own_key, paused, running, waiting } = provider;
  const [isOpen, setOpen] = useState(false);
  const pause = usePause();
  const forget = useForgetKey();
  const isPaused = paused || provider.paused_by_settings;
  const state = !configured
    ? `Not configured: ${needs ?? "see its page"}`
    : [
        own_key ? "Your own key" : "Ready",
        isPaused && "paused",
        running > 0 && `${running} running`,
        waiting > 0 && `${waiting} waiting`,
      ]
        .filter(Boolean)
        .join(" · ");
  return (
    <li className="border-t border-line py-2.5 first:border-t-0">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        {configured ? (
          <CircleCheck size={17} className="shrink-0 text-accent" aria-hidden="true" />
        ) : (
          <KeyRound size={17} className="shrink-0 text-soft" aria-hidden="true" />
        )}
        <div className="min-w-40 flex-1">
          <p className="font-medium">{title}</p>
          <p className={`text-[13px] ${isPaused ? "text-amber" : "text-soft"}`}>{state}</p>
        </div>
        {isAdmin && configured && (
          <IconButton
            label={paused ? `Resume ${title}` : `Pause ${title}: start nothing more there`}
            disabled={pause.isPending}
            onClick={() => pause.mutate({ name, paused }, { onError: complain })}
          >
            {paused ? <Play size={16} /> : <Pause size={16} />}
          </IconButton>
        )}
        {isAdmin && key_name && (
          <Button look="quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {own_key ? "Change the key" : "Set a key"}
          </Button>
        )}
        {isAdmin && own_key && (
          <Button
            look="quiet"
            onClick={() =>
              forget.mutate(name, {
                onSuccess: () => toast(`Forgot your key of ${title}`),
                onError: complain,
              })
            }
          >
            Forget it
          </Button>
        )}
      </div>
      {isOpen && <KeyForm name={name} label={key_name ?? ""} onDone={() => setOpen(false)} />}
    </li>
  );
}

interface KeyFormProps {
  name: string;
  label: string;
  onDone: () => void;
}

function KeyForm({ name, label, onDone }: KeyFormProps) {
  const [key, setKey] = useState("");
  const set = useSetKey();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    set.mutate(
      { provider: name, key: key.trim() },
      {
        onSuccess: () => {
          toast("The key is kept, encrypted");
          onDone();
        },
      },
    );
  };
  return (
    <form onSubmit={submit} className="mt-2 flex flex-wrap gap-2">
      <input
        // biome-ignore lint/a11y/noAutofocus: somebody has just asked for it
        autoFocus
        type="password"
        autoComplete="off"
        aria-label={label}
        placeholder={label}
        maxLength={500}
        className="field h-9 max-w-80 flex-1 py-0 font-mono"
        value={key}
        onChange={({ target }) => setKey(target.value)}
      />
      <Button type="submit" look="strong" disabled={!key.trim() || set.isPending}>
        Keep
      </Button>
      {set.error && (
        <p role="alert" className="w-full text-[13px] text-red">
          {said(set.error)}
        </p>
      )}
    </form>
  );
}
