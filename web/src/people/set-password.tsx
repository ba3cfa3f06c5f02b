import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Problem, said } from "@/api/problem";
import { Button } from "@/kit/button";
import { Card, LabelledField, Notice } from "@/people/card";
import { linkQuery, useLink } from "@/people/session";

/** What a one-time link leads to: a password, and with it into the studio. */
export default function SetPassword({ link, onDone }: { link: string; onDone: () => void }) {
  const found = useQuery(linkQuery(link));
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const use = useLink(link);
  if (found.isPending) return null;
  if (found.error) {
    return (
      <Card title="This link cannot be used">
        <p className="mb-6 text-soft">{said(found.error)}</p>
        <Button className="h-11 w-full" onClick={onDone}>
          Go to Boards
        </Button>
      </Card>
    );
  }
  const known = found.data.email;
  const faults = use.error instanceof Problem ? use.error.faults : new Map<string, string>();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    use.mutate({ email: known ? null : email, password }, { onSuccess: onDone });
  };
  return (
    <Card title={known ? "Choose your password" : "Set up Boards"}>
      {!known && (
        <p className="-mt-3 mb-5 text-soft">
          You will administer this server. You sign in by this address; no mail is sent to it.
        </p>
      )}
      <form onSubmit={submit}>
        {use.error && faults.size === 0 && <Notice>{said(use.error)}</Notice>}
        <LabelledField
          label="E-mail"
          type="email"
          autoComplete="username"
          required
          readOnly={Boolean(known)}
          value={known ?? email}
          fault={faults.get("email")}
          onChange={({ target }) => setEmail(target.value)}
        />
        <LabelledField
          label="New password"
          type="password"
          autoComplete="new-password"
          required
          autoFocus={Boolean(known)}
          minLength={12}
          maxLength={200}
          hint="At least 12 characters. A few words are easy to keep in mind."
          value={password}
          fault={faults.get("password")}
          onChange={({ target }) => setPassword(target.value)}
        />
        <Button look="strong" type="submit" className="mt-2 h-11 w-full" disabled={use.isPending}>
          {use.isPending ? "Signing in" : "Set the password and sign in"}
        </Button>
      </form>
    </Card>
  );
}
