import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { asked, client } from "@/api/client";
import type { components } from "@/api/schema";

type Schemas = components["schemas"];
export type Provider = Schemas["Provider"];
export type Token = Schemas["Token"];
export type TokenScope = Schemas["TokenScope"];
export type Member = Schemas["Member"];
export type TenantRole = Schemas["TenantRole"];

export const providersQuery = queryOptions({
  queryKey: ["providers"],
  queryFn: async ({ signal }) => (await asked(client.GET("/api/v1/providers", { signal }))).items,
  staleTime: 5_000,
});

export const tokensQuery = queryOptions({
  queryKey: ["tokens"],
  queryFn: async ({ signal }) => (await asked(client.GET("/api/v1/tokens", { signal }))).items,
});

export const membersQuery = (tenantId: string) =>
  queryOptions({
    queryKey: ["members", tenantId],
    queryFn: async ({ signal }) => {
      const params = { path: { tenant_id: tenantId } };
      const answer = await asked(
        client.GET("/api/v1/tenants/{tenant_id}/members", { params, signal }),
      );
      return answer.items;
    },
    enabled: tenantId !== "",
  });

/** Something that changes what one of these lists shows. */
function useChange<Given, Result>(
  keys: readonly string[],
  change: (given: Given) => Promise<Result>,
) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: () => Promise.all(keys.map((key) => queries.invalidateQueries({ queryKey: [key] }))),
  });
}

export const useSetKey = () =>
  useChange(["providers", "generators"], ({ provider, key }: { provider: string; key: string }) =>
    asked(client.PUT("/api/v1/keys/{provider}", { params: { path: { provider } }, body: { key } })),
  );

export const useForgetKey = () =>
  useChange(["providers", "generators"], (provider: string) =>
    asked(client.DELETE("/api/v1/keys/{provider}", { params: { path: { provider } } })),
  );

export const usePause = () =>
  useChange(["providers"], ({ name, paused }: Pick<Provider, "name" | "paused">) => {
    const params = { path: { name } };
    return paused
      ? asked(client.POST("/api/v1/providers/{name}/resume", { params }))
      : asked(client.POST("/api/v1/providers/{name}/pause", { params }));
  });

export const useMakeToken = () =>
  useChange(
    ["tokens"],
    (body: { name: string; scopes: TokenScope[]; expires_days: number | null }) =>
      asked(client.POST("/api/v1/tokens", { body })),
  );

export const useRevokeToken = () =>
  useChange(["tokens"], (id: string) =>
    asked(client.DELETE("/api/v1/tokens/{token_id}", { params: { path: { token_id: id } } })),
  );

export const useAddMember = (tenantId: string) =>
  useChange(["members"], (body: { email: string; role: TenantRole }) =>
    asked(
      client.POST("/api/v1/tenants/{tenant_id}/members", {
        params: { path: { tenant_id: tenantId } },
        body,
      }),
    ),
  );

export const useChangeMember = () =>
  useChange(
    ["members"],
    ({ id, ...body }: { id: string; role?: TenantRole; is_disabled?: boolean }) =>
      asked(client.PATCH("/api/v1/users/{user_id}", { params: { path: { user_id: id } }, body })),
  );

export const useMemberLink = () =>
  useChange(["members"], (id: string) =>
    asked(client.POST("/api/v1/users/{user_id}/link", { params: { path: { user_id: id } } })),
  );
