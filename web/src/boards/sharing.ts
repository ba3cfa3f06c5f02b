import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { asked, client } from "@/api/client";
import type { BoardRole } from "@/boards/curation";

export const peopleQuery = (boardId: string) =>
  queryOptions({
    queryKey: ["people", boardId],
    queryFn: ({ signal }) => {
      const params = { path: { board_id: boardId } };
      return asked(client.GET("/api/v1/boards/{board_id}/members", { params, signal }));
    },
  });

export const linksQuery = (boardId: string) =>
  queryOptions({
    queryKey: ["links", boardId],
    queryFn: async ({ signal }) => {
      const params = { path: { board_id: boardId } };
      return (await asked(client.GET("/api/v1/boards/{board_id}/links", { params, signal }))).items;
    },
  });

/** What changes who may come to a board. */
export function useSharing(boardId: string) {
  const queries = useQueryClient();
  const board = { board_id: boardId };
  const onSettled = () =>
    Promise.all(
      ["people", "links"].map((key) => queries.invalidateQueries({ queryKey: [key, boardId] })),
    );
  return {
    invite: useMutation({
      mutationFn: (body: { email: string; role: BoardRole }) =>
        asked(
          client.POST("/api/v1/boards/{board_id}/invitations", { params: { path: board }, body }),
        ),
      onSettled,
    }),
    withdraw: useMutation({
      mutationFn: (invitation_id: string) =>
        asked(
          client.DELETE("/api/v1/boards/{board_id}/invitations/{invitation_id}", {
            params: { path: { ...board, invitation_id } },
          }),
        ),
      onSettled,
    }),
    change: useMutation({
      mutationFn: ({ user_id, role }: { user_id: string; role: BoardRole }) =>
        asked(
          client.PATCH("/api/v1/boards/{board_id}/members/{user_id}", {
            params: { path: { ...board, user_id } },
            body: { role },
          }),
        ),
      onSettled,
    }),
    remove: useMutation({
      mutationFn: (user_id: string) =>
        asked(
          client.DELETE("/api/v1/boards/{board_id}/members/{user_id}", {
            params: { path: { ...board, user_id } },
          }),
        ),
      onSettled,
    }),
    link: useMutation({
      mutationFn: (expires_days: number | null) =>
        asked(
          client.POST("/api/v1/boards/{board_id}/links", {
            params: { path: board },
            body: { expires_days },
          }),
        ),
      onSettled,
    }),
    revoke: useMutation({
      mutationFn: (link_id: string) =>
        asked(
          client.DELETE("/api/v1/boards/{board_id}/links/{link_id}", {
            params: { path: { ...board, link_id } },
          }),
        ),
      onSettled,
    }),
  };
}
