// What a comparison is made of, and what of it is looked at.
import type { Schemas } from "@/api/client";
import { doneBy } from "@/lib/executor";

export type Comparison = Schemas["Comparison"];
export type ComparedRun = Schemas["ComparedRun"];
export type ComparedFile = Schemas["ComparedFile"];
export type Verdict = ComparedRun["verdict"];

export const mostRuns = 6; // beside each other

/** A run's letter: A for the first. */
export const letterOf = (run: ComparedRun) => (run.index <= 26 ? String.fromCharCode(64 + run.index) : String(run.index));

export const nameOf = (run: ComparedRun) => doneBy(run);

export const modes = ["start", "beside", "against"] as const;
export type Mode = (typeof modes)[number];

export interface Look {
  runs: ComparedRun[];
  run: ComparedRun;
  mode: Mode;
  /** The second run, for the modes that need one. */
  other: ComparedRun | undefined;
  file: string | undefined;
}

/** The runs asked for; else the first ones that nobody discarded, then the others. */
function chosenRuns(all: ComparedRun[], asked: string[]): ComparedRun[] {
  const named = all.filter((run) => asked.includes(run.run_id));
  if (named.length) return named.slice(0, mostRuns);
  const kept = all.filter((run) => run.verdict !== "discarded");
  return [...kept, ...all.filter((run) => run.verdict === "discarded")].slice(0, mostRuns).sort((a, b) => a.index - b.index);
}

export function lookAt(comparison: Comparison, address: URLSearchParams): Look | undefined {
  const runs = chosenRuns(comparison.runs, address.get("runs")?.split(",").filter(Boolean) ?? []);
  const find = (name: string) => runs.find((run) => run.run_id === address.get(name));
  const run = find("show") ?? runs.find((one) => one.verdict === "pinned") ?? runs.find((one) => one.status === "succeeded") ?? runs[0];
  if (!run) return undefined;
  const others = runs.filter((one) => one !== run);
  const other = others.find((one) => one.run_id === address.get("other")) ?? others[0];
  const mode = modes.find((one) => one === address.get("mode"));
  return { runs, run, other, mode: mode && other ? mode : "start", file: address.get("file") ?? undefined };
}
