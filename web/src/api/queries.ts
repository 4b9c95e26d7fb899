// What pages read, and under which keys it is kept. A key begins with the kind of entity, then its id, so
// that the live stream can say "task X changed" without knowing who shows it.
import { QueryClient, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { ApiError, OfflineError, client, got } from "./client";

const patience = 3; // tries of a read that may succeed later

export const queryClient = new QueryClient({
  defaultOptions: {
    // A server on this machine is there without a network; whether it is, the live layer knows.
    mutations: { networkMode: "always" },
    queries: {
      networkMode: "always",
      staleTime: 30_000, // the live stream invalidates sooner what changed
      retry: (count, error) =>
        count < patience && (error instanceof OfflineError || (error instanceof ApiError && error.status >= 500)),
    },
  },
});

export const modelsQuery = queryOptions({
  queryKey: ["models"],
  queryFn: ({ signal }) => got(client.GET("/v1/models", { signal })),
});

export const reposQuery = queryOptions({
  queryKey: ["repos"],
  queryFn: ({ signal }) => got(client.GET("/v1/repos", { signal })),
});

export const preferencesQuery = queryOptions({
  queryKey: ["preferences"],
  queryFn: ({ signal }) => got(client.GET("/v1/preferences", { signal })),
});

export const aboutQuery = queryOptions({
  queryKey: ["about"],
  queryFn: ({ signal }) => got(client.GET("/v1/about", { signal })),
});

/** The newest tasks, for lists beside the pages; `limit` at most 1,000. */
export const tasksQuery = (limit: number) =>
  queryOptions({
    queryKey: ["tasks", { limit }],
    queryFn: ({ signal }) => got(client.GET("/v1/tasks", { params: { query: { limit } }, signal })),
    placeholderData: keepPreviousData,
  });

export const taskQuery = (task_id: string) =>
  queryOptions({
    queryKey: ["task", task_id],
    queryFn: ({ signal }) => got(client.GET("/v1/tasks/{task_id}", { params: { path: { task_id } }, signal })),
  });

export const runQuery = (run_id: string) =>
  queryOptions({
    queryKey: ["run", run_id],
    queryFn: ({ signal }) => got(client.GET("/v1/runs/{run_id}", { params: { path: { run_id } }, signal })),
  });

export const kanbanQuery = queryOptions({
  queryKey: ["kanban"],
  queryFn: ({ signal }) => got(client.GET("/v1/kanban", { signal })),
});
