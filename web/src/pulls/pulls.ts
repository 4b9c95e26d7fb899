// Pull requests: what is read about them, and what is asked of the server.
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, got, newKey, once, type Schemas } from "@/api/client";
import { intentKey, intentSent } from "@/lib/intent";

export type Pull = Schemas["Pull"];
export type PullCreated = Schemas["PullCreated"];
export type PullLink = Schemas["PullLink"];
export type Rewriting = "both" | "title" | "description";

/** What a person says about a pull request to be made; `title` absent: both texts are written by the server. */
export interface PullOrder {
  runId: string;
  title?: string;
  body?: string;
  base?: string;
  template?: string;
  /** Where a person creates it, the person chooses. */
  draft?: boolean;
}

const pageSize = 50;

/** All of them, newest first, a page at a time. */
export const pullsQuery = infiniteQueryOptions({
  queryKey: ["pulls"],
  queryFn: async ({ pageParam, signal }) => {
    const { data, response } = await client.GET("/v1/prs", { params: { query: { limit: pageSize, ...(pageParam ? { cursor: pageParam } : {}) } }, signal });
    return { pulls: data ?? [], next: response.headers.get("X-Next-Cursor") };
  },
  initialPageParam: "",
  getNextPageParam: (page) => page.next,
});

export const templatesQuery = (repo_id: string) =>
  queryOptions({
    queryKey: ["repo", repo_id, "templates"],
    queryFn: ({ signal }) => got(client.GET("/v1/repos/{repo_id}/pull-request-templates", { params: { path: { repo_id } }, signal })),
    retry: false,
  });

/** A template as the run's commit has it. */
export const templateQuery = (run_id: string, path: string) =>
  queryOptions({
    queryKey: ["run", run_id, "file", path],
    queryFn: ({ signal }) => got(client.GET("/v1/runs/{run_id}/file", { params: { path: { run_id }, query: { path, side: "new" } }, signal })),
    enabled: Boolean(path),
    retry: false,
  });

/** Everything that shows the task's pull requests is read again. */
function useAgain(taskId: string) {
  const queries = useQueryClient();
  return () => Promise.all([["pulls"], ["task", taskId], ["tasks"], ["kanban"]].map((queryKey) => queries.invalidateQueries({ queryKey })));
}

const bodyOf = ({ runId, title, body, base, draft = false }: PullOrder) => ({ selected_run_id: runId, title: title ?? "", draft, ...(body ? { body } : {}), ...(base ? { base } : {}) });
const choiceOf = ({ runId, template, draft = false }: PullOrder) => ({ selected_run_id: runId, draft, ...(template ? { template_path: template } : {}) });

export function useCreatePull(task_id: string) {
  const again = useAgain(task_id);
  const path = { task_id };
  return useMutation({
    mutationFn: (order: PullOrder) => {
      const request = { params: { path, header: once(intentKey(`task.${task_id}.pull`, order, newKey)) } };
      return got(order.title === undefined ? client.POST("/v1/tasks/{task_id}/prs/auto", { ...request, body: choiceOf(order) }) : client.POST("/v1/tasks/{task_id}/prs", { ...request, body: bodyOf(order) }));
    },
    onSuccess: () => {
      intentSent(`task.${task_id}.pull`);
      return again();
    },
  });
}

/** Pushes the branch and says where on GitHub a person makes it. */
export function useLinkPull(task_id: string) {
  const params = { path: { task_id } };
  return useMutation({
    mutationFn: (order: PullOrder) =>
      got(order.title === undefined ? client.POST("/v1/tasks/{task_id}/prs/auto/link", { params, body: choiceOf(order) }) : client.POST("/v1/tasks/{task_id}/prs/link", { params, body: bodyOf(order) })),
  });
}

/** Looks for one of the run's branch that was made by hand; undefined when there is none. */
export function useFindPull(task_id: string) {
  const again = useAgain(task_id);
  return useMutation({
    mutationFn: async (selected_run_id: string) => {
      const { found, pr } = await got(client.POST("/v1/tasks/{task_id}/prs/sync", { params: { path: { task_id } }, body: choiceOf({ runId: selected_run_id }) }));
      return found ? (pr as PullCreated) : undefined;
    },
    onSuccess: (pull) => pull && again(),
  });
}

export function useUpdatePull(task_id: string) {
  const again = useAgain(task_id);
  return useMutation({
    mutationFn: ({ id, runId, message }: { id: string; runId: string; message?: string }) =>
      got(client.POST("/v1/tasks/{task_id}/prs/{pr_id}/update", { params: { path: { task_id, pr_id: id } }, body: { selected_run_id: runId, ...(message ? { message } : {}) } })),
    onSuccess: again,
  });
}

export function useRewritePull(task_id: string) {
  const again = useAgain(task_id);
  return useMutation({
    mutationFn: ({ id, mode }: { id: string; mode: Rewriting }) =>
      got(client.POST("/v1/tasks/{task_id}/prs/{pr_id}/regenerate-description", { params: { path: { task_id, pr_id: id }, query: { mode } } })),
    onSuccess: again,
  });
}

export function useSyncPull(task_id: string) {
  const again = useAgain(task_id);
  return useMutation({
    mutationFn: (id: string) => got(client.POST("/v1/kanban/tasks/{task_id}/prs/{pr_id}/sync-status", { params: { path: { task_id, pr_id: id } } })),
    onSuccess: again,
  });
}
