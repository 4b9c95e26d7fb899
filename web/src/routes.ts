// The pages and their addresses: one list for the router, the sidebar, the palette and the tests.
import { Activity, GitPullRequest, Home, Kanban, ListTodo, Settings, type LucideIcon } from "lucide-react";
import type { ComponentType } from "react";

interface PageRoute {
  path: string;
  /** Parts of the texts that are shown at once. */
  texts: string[];
  load: () => Promise<{ default: ComponentType }>;
}

/** Pages load when they are first opened; each has a default export. */
export const pages: PageRoute[] = [
  { path: "/", texts: ["home", "compose"], load: () => import("./pages/home/page") },
  { path: "/settings/:section?", texts: ["settings"], load: () => import("./pages/settings/page") },
  { path: "/board", texts: ["board"], load: () => import("./pages/board/page") },
  { path: "/backlog", texts: ["backlog"], load: () => import("./pages/backlog/page") },
  { path: "/pulls", texts: ["pulls"], load: () => import("./pages/pulls/page") },
  { path: "/operations", texts: ["operations"], load: () => import("./pages/operations/page") },
  { path: "/tasks/:taskId", texts: ["task", "compose", "pulls"], load: () => import("./pages/task/page") },
  { path: "/runs/:runId", texts: ["run", "pulls", "diff"], load: () => import("./pages/run/page") },
  { path: "/tasks/:taskId/compare", texts: ["compare", "diff", "pulls"], load: () => import("./pages/compare/page") },
];

/** Places in the sidebar and the palette: the key of the name in `common`, the sign, and the key after g. */
export const places: { path: string; name: string; Sign: LucideIcon; key: string }[] = [
  { path: "/", name: "place.home", Sign: Home, key: "h" },
  { path: "/board", name: "place.board", Sign: Kanban, key: "b" },
  { path: "/backlog", name: "place.backlog", Sign: ListTodo, key: "l" },
  { path: "/pulls", name: "place.pulls", Sign: GitPullRequest, key: "p" },
  { path: "/operations", name: "place.operations", Sign: Activity, key: "o" },
  { path: "/settings", name: "place.settings", Sign: Settings, key: "s" },
];

export const address = {
  task: (id: string) => `/tasks/${id}`,
  compare: (taskId: string, runs: string[] = []) => `/tasks/${taskId}/compare${runs.length ? `?runs=${runs.join(",")}` : ""}`,
  run: (id: string) => `/runs/${id}`,
};
