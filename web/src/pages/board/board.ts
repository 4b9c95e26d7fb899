// The board as the server has it.
import { infiniteQueryOptions, keepPreviousData } from "@tanstack/react-query";
import { client, got } from "@/api/client";
import type { BoardPart, Card, Move } from "./columns";

const partSize = 200; // cards

/** Last updated first, a part at a time. */
export const boardQuery = (repo_id: string) =>
  infiniteQueryOptions({
    queryKey: ["kanban", repo_id],
    queryFn: async ({ pageParam, signal }): Promise<BoardPart> => {
      const query = { limit: partSize, ...(repo_id ? { repo_id } : {}), ...(pageParam ? { cursor: pageParam } : {}) };
      const { data, response } = await client.GET("/v1/kanban", { params: { query }, signal });
      return { columns: data?.columns ?? [], total: data?.total_tasks ?? 0, next: response.headers.get("X-Next-Cursor") };
    },
    initialPageParam: "",
    getNextPageParam: (part) => part.next,
    placeholderData: keepPreviousData,
  });

export const move = (card: Card, how: Move) => got(client.POST(`/v1/kanban/tasks/{task_id}/${how}`, { params: { path: { task_id: card.id } } }));
