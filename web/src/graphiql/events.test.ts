import { expect, test } from "vitest";
import { answersIn } from "./events";

async function* pieces(...texts: string[]) {
  yield* texts;
}

async function all(texts: AsyncIterable<string>) {
  const found: unknown[] = [];
  for await (const answer of answersIn(texts)) found.push(answer);
  return found;
}

test("each answer is told up to the end, and nothing after it", async () => {
  const stream = pieces(
    'retry: 2000\n\nevent: next\r\ndata: {"data":1}\r\n\r\n',
    ": ping\r\n\r\nevent: next\r\nda",
    'ta: {"data":2}\r',
    "\n\r\nevent: complete\r\ndata: \r\n\r\n",
    'event: next\r\ndata: {"data":3}\r\n\r\n',
  );
  expect(await all(stream)).toEqual([{ data: 1 }, { data: 2 }]);
});

test("a stream that breaks off ends with what was whole", async () => {
  expect(await all(pieces('event: next\ndata: {"a":1}\n\nevent: next\ndata: {"b"'))).toEqual([
    { a: 1 },
  ]);
});
