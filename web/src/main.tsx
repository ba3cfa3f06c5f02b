import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Problem } from "@/api/problem";
import { Page } from "@/page";
import { StudioProvider } from "@/studio";
import "@/styles.css";

const queries = new QueryClient({
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
      <StudioProvider>
        <Page />
      </StudioProvider>
    </QueryClientProvider>
  </StrictMode>,
);
