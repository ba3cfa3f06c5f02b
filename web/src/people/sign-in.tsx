import { type FormEvent, useState } from "react";
import { said } from "@/api/problem";
import type { components } from "@/api/schema";
import { Button } from "@/kit/button";
import { Card, LabelledField, Notice } from "@/people/card";
import { providerAddress, useSignIn, useSignOut } from "@/people/session";

type Session = components["schemas"]["Session"];

/** What the server says in the address when somebody comes back without having signed in. */
const REASONS: Record<string, string> = {
  again: "That did not work, or took too long. Sign in again.",
  refused: "You were not let in. Ask whoever runs this server.",
  failed: "The identity provider does not answer. Try again in a minute.",
};

export default function SignIn({ session }: { session: Session }) {
  const reason = REASONS[new URLSearchParams(location.search).get("sign_in") ?? ""];
  if (session.trouble) return <Trouble text={session.trouble} />;
  return (
    <Card title="Sign in to Boards">
      {reason && <Notice>{reason}</Notice>}
      {session.ways.includes("password") && <PasswordForm />}
      {session.ways.includes("redirect") && (
        <a
          href={providerAddress()}
          className="flex h-11 items-center justify-center rounded-[0.625rem] bg-ink px-3.5 font-medium text-panel transition-opacity hover:opacity-85"
        >
          <span className="truncate">Sign in with {session.title}</span>
        </a>
      )}
      {session.ways.length === 0 && (
        <p className="text-soft">
          People come in by an application of yours, which sends their token along. Nobody can sign
          in from this page.
        </p>
      )}
      {!session.is_set_up && (
        <p className="mt-5 border-t border-line pt-4 text-[13px] text-soft">
          Nobody administers this server yet. Whoever runs it does so by{" "}
          <code className="font-mono">boards setup</code> on its machine.
        </p>
      )}
    </Card>
  );
}

function PasswordForm() {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const signIn = useSignIn();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate({ email, password }, { onError: () => setPassword("") });
  };
  return (
    <form onSubmit={submit}>
      {signIn.error && <Notice>{said(signIn.error)}</Notice>}
      <LabelledField
        label="E-mail"
        type="email"
        autoComplete="username"
        required
        autoFocus
        value={email}
        onChange={({ target }) => setEmail(target.value)}
      />
      <LabelledField
        label="Password"
        type="password"
        autoComplete="current-password"
        required
        maxLength={200}
        value={password}
        onChange={({ target }) => setPassword(target.value)}
      />
      <Button look="strong" type="submit" className="mt-2 h-11 w-full" disabled={signIn.isPending}>
        {signIn.isPending ? "Signing in" : "Sign in"}
      </Button>
    </form>
  );
}

/** The server knows who it is, and they may not come in. */
function Trouble({ text }: { text: string }) {
  const signOut = useSignOut();
  return (
    <Card title="You cannot come in">
      <p className="mb-6 text-soft">{text}</p>
      <Button className="h-11 w-full" disabled={signOut.isPending} onClick={() => signOut.mutate()}>
        Sign out
      </Button>
    </Card>
  );
}
