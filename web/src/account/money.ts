import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { asked, client, type Generation } from "@/api/client";
import { show } from "@/api/queries";
import type { components } from "@/api/schema";

type Schemas = components["schemas"];
export type SpendBy = Schemas["SpendBy"];
export type SpendReport = Schemas["SpendReport"];
export type SpendRow = Schemas["SpendRow"];
export type AttentionItem = Schemas["AttentionItem"];
export type Way = Schemas["Way"];
export type BudgetRequest = Schemas["BudgetRequest"];

export const spendQuery = (by: SpendBy, first: string, last: string) =>
  queryOptions({
    queryKey: ["spend", by, first, last],
    queryFn: async ({ signal }) => {
      const query = { by, first, last };
      return (await asked(
        client.GET("/api/v1/spend", { params: { query }, signal }),
      )) as SpendReport;
    },
    staleTime: 10_000,
  });

export const budgetsQuery = queryOptions({
  queryKey: ["budgets"],
  queryFn: ({ signal }) => asked(client.GET("/api/v1/budgets", { signal })),
  staleTime: 5_000,
});

export const attentionQuery = queryOptions({
  queryKey: ["attention"],
  queryFn: async ({ signal }) => {
    const query = { limit: 100 };
    return (await asked(client.GET("/api/v1/attention", { params: { query }, signal }))).items;
  },
  refetchInterval: 30_000,
  staleTime: 2_000,
});

export const ledgerQuery = queryOptions({
  queryKey: ["ledger"],
  queryFn: async ({ signal }) => {
    const query = { limit: 50 };
    return (await asked(client.GET("/api/v1/ledger", { params: { query }, signal }))).items;
  },
  staleTime: 5_000,
});

export function useSetBudget() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: BudgetRequest) => asked(client.POST("/api/v1/budgets", { body })),
    onSettled: () => queries.invalidateQueries({ queryKey: budgetsQuery.queryKey }),
  });
}

export function useRemoveBudget() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      asked(client.DELETE("/api/v1/budgets/{budget_id}", { params: { path: { budget_id: id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: budgetsQuery.queryKey }),
  });
}

/** What a person decides about a run whose outcome nobody knows. None of it runs anything again. */
export function useDecide() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, way }: { id: string; way: Way }): Promise<Decided> => {
      const params = { path: { generation_id: id } };
      if (way === "check_again") {
        return asked(client.POST("/api/v1/generations/{generation_id}/check", { params }));
      }
      const generation = await asked(
        way === "mark_lost"
          ? client.POST("/api/v1/generations/{generation_id}/mark-lost", { params })
          : client.POST("/api/v1/generations/{generation_id}/release-hold", { params }),
      );
      const message =
        way === "mark_lost"
          ? "Given up. Its price counts as spent."
          : "The money that was held for it is free again.";
      return { message, generation };
    },
    onSuccess: ({ generation }) => show(queries, [generation]),
    onSettled: () => {
      for (const key of ["attention", "budgets", "spend", "ledger", "jobs"]) {
        void queries.invalidateQueries({ queryKey: [key] });
      }
    },
  });
}

interface Decided {
  message: string;
  generation: Generation;
}
