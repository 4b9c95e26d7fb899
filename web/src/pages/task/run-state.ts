// What the page asks of a run.
import type { Schemas } from "@/api/client";
import { doneBy } from "@/lib/executor";

export type Task = Schemas["TaskDetail"];
export type RunSummary = Schemas["RunSummary"];

export const isOpen = (run: RunSummary) => run.status === "queued" || run.status === "running";
export const runName = (run: RunSummary) => doneBy(run);

/** Runs by message, oldest first; those without a message are under the first one. */
export function byMessage(task: Pick<Task, "messages" | "runs">): Map<string, RunSummary[]> {
  const found = new Map<string, RunSummary[]>();
  const first = task.messages[0]?.id ?? "";
  for (const run of task.runs.toReversed()) {
    const id = run.message_id ?? first;
    const runs = found.get(id);
    if (runs) runs.push(run);
    else found.set(id, [run]);
  }
  return found;
}

/** The same runs, none of them changed. */
export const sameRuns = (some: RunSummary[], others: RunSummary[]) => some.length === others.length && some.every((run, index) => run === others[index]);

/** The one run that stands out: the only chosen one, else the only pinned one, else the only one with a result. */
export function takenRun(runs: RunSummary[], chosen: string[]): RunSummary | undefined {
  const picked = runs.filter((run) => chosen.includes(run.id));
  if (picked.length) return picked.length === 1 ? picked[0] : undefined;
  const pinned = runs.filter((run) => run.verdict === "pinned");
  if (pinned.length) return pinned.length === 1 ? pinned[0] : undefined;
  return runs.length === 1 && runs[0]?.commit_sha ? runs[0] : undefined;
}
