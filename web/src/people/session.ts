import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { address, asked, client } from "@/api/client";

/** How people sign in here, and who has. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => asked(client.GET("/api/v1/session", { signal })),
  staleTime: Number.POSITIVE_INFINITY,
});

/** What a one-time link is for; null for one that is good no more. */
export const linkQuery = (link: string) =>
  queryOptions({
    queryKey: ["link", link],
    queryFn: () => asked(client.POST("/api/v1/session/link", { body: { link } })),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });

interface Credentials {
  email: string;
  password: string;
}

export function useSignIn() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Credentials) => asked(client.POST("/api/v1/session", { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: sessionQuery.queryKey }),
  });
}

export function useLink(link: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ email, password }: { email: string | null; password: string }) =>
      asked(client.POST("/api/v1/session/link/use", { body: { link, password, email } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: sessionQuery.queryKey }),
  });
}

/** Sign out, and forget everything that was shown: somebody else may be next. */
export function useSignOut() {
  return useMutation({
    mutationFn: () => asked(client.DELETE("/api/v1/session")),
    onSuccess: () => location.assign(address("/")),
  });
}

/** Where a browser signs in at the identity provider, to come back to where it is now. */
export function providerAddress(): string {
  const query = new URLSearchParams(location.search);
  query.delete("sign_in");
  const rest = query.size ? `?${query}` : "";
  const next = new URLSearchParams({ next: location.pathname + rest });
  return address(`/api/v1/session/oidc?${next}`);
}

/** Take the one-time link out of the address, where it must not stay: it is as good as a password. */
export function takeLink(): string | null {
  const link = new URLSearchParams(location.hash.slice(1)).get("link");
  if (link) history.replaceState(null, "", location.pathname + location.search);
  return link;
}
