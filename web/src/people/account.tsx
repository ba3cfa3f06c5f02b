import { useQuery } from "@tanstack/react-query";
import { LogOut, UserRound } from "lucide-react";
import { useId } from "react";
import { said } from "@/api/problem";
import { Button } from "@/kit/button";
import { sessionQuery, useSignOut } from "@/people/session";

/** Tells who is signed in, and lets them out; nothing where nobody signs in. */
export function Account() {
  const { data: session } = useQuery(sessionQuery);
  const id = useId();
  const signOut = useSignOut();
  const me = session?.me;
  if (!me || session.provider === "none") return null;
  return (
    <>
      <button
        type="button"
        popoverTarget={id}
        aria-label="Account"
        title="Account"
        className="inline-grid size-9 shrink-0 place-items-center rounded-[0.625rem] text-soft transition-colors duration-150 hover:bg-well hover:text-ink"
      >
        <UserRound size={18} strokeWidth={1.75} aria-hidden="true" />
      </button>
      <div
        id={id}
        popover="auto"
        className="fixed top-14 right-4 left-auto m-0 w-64 rounded-2xl border border-line bg-raised p-1.5 text-ink shadow-sheet open:animate-rise"
      >
        <div className="px-2.5 py-2">
          <p className="truncate font-medium">{me.display_name ?? me.email ?? "You"}</p>
          {me.display_name && me.email && <p className="truncate text-soft">{me.email}</p>}
          <p className="truncate text-soft">
            {me.role === "admin" ? "Administrator of " : ""}
            {me.tenant?.name}
          </p>
        </div>
        <Button
          look="quiet"
          className="w-full justify-start px-2.5"
          disabled={signOut.isPending}
          onClick={() => signOut.mutate()}
        >
          <LogOut size={16} aria-hidden="true" /> Sign out
        </Button>
        {signOut.error && (
          <p role="alert" className="p-2.5 text-red">
            {said(signOut.error)}
          </p>
        )}
      </div>
    </>
  );
}
