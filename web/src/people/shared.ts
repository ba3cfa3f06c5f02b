import { address } from "@/api/client";

/** The text of the link by which somebody came to look at a board, if they came by one. It stands
 * behind the `#`, so that it is never sent along as where somebody came from. */
export function sharedToken(): string | null {
  return new URLSearchParams(location.hash.slice(1)).get("shared");
}

export function sharedAddress(token: string): string {
  return `${location.origin}${address("/")}#${new URLSearchParams({ shared: token })}`;
}
