import { useQuery } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { sessionQuery, takeLink } from "@/people/session";
import { sharedToken } from "@/people/shared";

const SignIn = lazy(() => import("@/people/sign-in"));
const SetPassword = lazy(() => import("@/people/set-password"));

const Visit = lazy(() => import("@/people/visit"));

const arrivedWith = takeLink();
const visiting = sharedToken();

/** Shows the studio to whoever may come in, and to all others how to. */
export function Gate({ children }: { children: ReactNode }) {
  const session = useQuery(sessionQuery);
  const [link, setLink] = useState(arrivedWith);
  if (link) {
    return (
      <Suspense>
        <SetPassword link={link} onDone={() => setLink(null)} />
      </Suspense>
    );
  }
  if (visiting) {
    return (
      <Suspense>
        <Visit token={visiting} />
      </Suspense>
    );
  }
  if (session.isPending) return null;
  // A server that does not answer is the studio's to tell of.
  if (!session.data || (session.data.is_signed_in && !session.data.trouble)) return children;
  return (
    <Suspense>
      <SignIn session={session.data} />
    </Suspense>
  );
}
