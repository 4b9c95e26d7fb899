import { expect, test } from "vitest";
import { concerns, type News } from "./concern";

const news = (more: Partial<News>): News => ({ kind: "task", id: "1", task_id: null, run_id: null, seq: null, updated_at: null, ...more });

test("a run's progress concerns it and its task, not the lists nor what is kept under the task", () => {
  expect(concerns(news({ kind: "run", id: "r", run_id: "r", task_id: "t", seq: 4 }))).toEqual([{ queryKey: ["run", "r"] }, { queryKey: ["task", "t"], exact: true }]);
});

test("a task concerns all that is kept under it and the lists that show tasks", () => {
  const keys = concerns(news({ id: "t", task_id: "t" }));
  expect(keys).toContainEqual({ queryKey: ["task", "t"] });
  for (const list of ["tasks", "kanban", "pulls"]) expect(keys).toContainEqual({ queryKey: [list] });
});

test("a kind of a newer server concerns what is named after it", () => {
  expect(concerns(news({ kind: "budget" as News["kind"] }))).toEqual([{ queryKey: ["budget", "1"] }, { queryKey: ["budgets"] }]);
});
