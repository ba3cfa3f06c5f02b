/** Server-sent events in the form of graphql-sse: `next` with an answer each, then `complete`. */

/** Give each answer of a stream of text, cut wherever the network has cut it. */
export async function* answersIn(texts: AsyncIterable<string>): AsyncGenerator<unknown> {
  let rest = "";
  for await (const text of texts) {
    // A CR at the end may be half of a line's end, so it waits for what follows.
    rest = (rest + text).replace(/\r\n/g, "\n");
    for (let end = rest.indexOf("\n\n"); end >= 0; end = rest.indexOf("\n\n")) {
      const told = readEvent(rest.slice(0, end));
      rest = rest.slice(end + 2);
      if (told.event === "complete") return;
      if (told.event === "next") yield JSON.parse(told.data);
    }
  }
}

function readEvent(frame: string): { event: string; data: string } {
  const told = { event: "", data: "" };
  for (const line of frame.split("\n")) {
    const colon = line.indexOf(":");
    const value = line.slice(colon + 1).replace(/^ /, "");
    if (line.startsWith("event:")) told.event = value;
    if (line.startsWith("data:")) told.data += value;
  }
  return told;
}

/** Read the body of an answer as text. */
export async function* textOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield decoder.decode(value, { stream: true });
    }
  } finally {
    await reader.cancel();
  }
}
