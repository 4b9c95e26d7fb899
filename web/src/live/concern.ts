// Which answers of the server a piece of news makes old. Keys of queries begin with the kind of entity and
// its id, or with the name of a list.
import type { QueryKey } from "@tanstack/react-query";
import type { Schemas } from "@/api/client";

export type News = Schemas["News"];

export interface Concern {
  queryKey: QueryKey;
  /** Only this very key, not those that begin with it. */
  exact?: boolean;
}

const lists = (...names: string[]): Concern[] => names.map((name) => ({ queryKey: [name] }));

/** A run that works tells of itself many times a second: only it and the task beside it are read again then.
 * When its state changes, news of its task come with it. */
const kinds: Record<News["kind"], (news: News) => Concern[]> = {
  task: ({ id }) => [{ queryKey: ["task", id] }, ...lists("tasks", "runs", "kanban", "pulls", "operations")],
  run: ({ id, task_id }) => [{ queryKey: ["run", id] }, ...(task_id ? [{ queryKey: ["task", task_id], exact: true }] : [])],
  repo: ({ id }) => [{ queryKey: ["repo", id] }, { queryKey: ["branches", id] }, ...lists("repos")],
  backlog: ({ id }) => [{ queryKey: ["backlog", id] }, ...lists("backlog", "kanban")],
  model: ({ id }) => [{ queryKey: ["model", id] }, ...lists("models", "estimate")],
  preferences: () => lists("preferences"),
  job: () => lists("jobs", "operations"),
};

/** A kind that this page does not know yet concerns what is named after it. */
export const concerns = (news: News): Concern[] => kinds[news.kind]?.(news) ?? [{ queryKey: [news.kind, news.id] }, ...lists(`${news.kind as string}s`)];
