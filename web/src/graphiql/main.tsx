/** GraphiQL, built into what this server serves: it loads nothing from elsewhere. */

import { createGraphiQLFetcher, type Fetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { getOperationAST, parse } from "graphql";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { answersIn, textOf } from "./events";
import "graphiql/style.css";
import "./styles.css";

// The editor is served at the address that it asks, so that it also works below a proxy's path.
const url = window.location.pathname;
const ask = createGraphiQLFetcher({ url });

async function* follow(body: string, headers: Record<string, string>) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { ...headers, Accept: "text/event-stream", "Content-Type": "application/json" },
    body,
  });
  const isStream = answer.headers.get("Content-Type")?.startsWith("text/event-stream");
  if (answer.body && isStream) yield* answersIn(textOf(answer.body)) as AsyncGenerator<object>;
  else yield (await answer.json()) as object;
}

/** What has mistakes in it is sent as it is: the server says what they are. */
const isSubscription = (query: string, name: string | null | undefined) => {
  try {
    return getOperationAST(parse(query), name)?.operation === "subscription";
  } catch {
    return false;
  }
};

const fetcher: Fetcher = (params, options) => {
  if (!isSubscription(params.query, params.operationName)) return ask(params, options);
  const headers = (options?.headers ?? {}) as Record<string, string>;
  return follow(JSON.stringify(params), headers) as unknown as ReturnType<Fetcher>;
};

const root = document.getElementById("graphiql");
if (!root) throw new Error("graphiql.html has no element with the id 'graphiql'.");
createRoot(root).render(
  <StrictMode>
    <GraphiQL fetcher={fetcher} defaultQuery={"{\n  myBoards { id title }\n}\n"} />
  </StrictMode>,
);
