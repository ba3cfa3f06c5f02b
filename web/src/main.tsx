import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Problem } from "@/api/problem";
import { Gate } from "@/people/gate";
import { sessionQuery } from "@/people/session";
import { Shell } from "@/shell/shell";
import { StudioProvider } from "@/studio";
import "@/styles.css";

/** A session that has ended is noticed by whatever is asked first; then how to come in is shown. */
const noticeEnd = (error: unknown) => {
  if (!(error instanceof Problem) || error.status !== 401) return;
  const known = queries.getQueryData(sessionQuery.queryKey);
  if (known?.is_signed_in) void queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
};

const queries = new QueryClient({
  queryCache: new QueryCache({ onError: noticeEnd }),
  mutationCache: new MutationCache({ onError: noticeEnd }),
  defaultOptions: {
    queries: {
      // A refusal stays a refusal; only what did not answer is asked again.
      retry: (failures, error) => !(error instanceof Problem) && failures < 3,
      refetchOnWindowFocus: false,
      networkMode: "always",
    },
    // What changes something is sent at once or not at all: never again, and never later when a
    // connection comes back and nobody is looking.
    mutations: { retry: false, networkMode: "always" },
  },
});

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no element with the id 'root'.");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <Gate>
        <StudioProvider>
          <Shell />
        </StudioProvider>
      </Gate>
    </QueryClientProvider>
  </StrictMode>,
);
