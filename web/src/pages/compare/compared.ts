// What a comparison is made of, and what of it is looked at: that stands in the address.
import { queryOptions, useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { toast } from "sonner";
import { client, got, type Schemas } from "@/api/client";
import { errorText } from "@/api/errors";
import { queryClient } from "@/api/queries";

export type Comparison = Schemas["Comparison"];
export type ComparedRun = Schemas["ComparedRun"];
export type ComparedFile = Schemas["ComparedFile"];
export type Verdict = ComparedRun["verdict"];

export const mostRuns = 6; // beside each other

export const comparisonQuery = (task_id: string, message_id: string | undefined) =>
  queryOptions({
    queryKey: ["task", task_id, "comparison", message_id ?? null],
    queryFn: ({ signal }) =>
      got(client.GET("/v1/tasks/{task_id}/comparison", { params: { path: { task_id }, query: message_id ? { message_id } : {} }, signal })),
  });

/** A run's letter: A for the first. */
export const letterOf = (run: ComparedRun) => (run.index <= 26 ? String.fromCharCode(64 + run.index) : String(run.index));

export const nameOf = (run: ComparedRun) => run.model_name ?? run.executor_type;

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

export type ChangeLook = (change: Partial<Record<"show" | "other" | "mode" | "file" | "runs" | "message", string>>) => void;

export function useAddress(): [URLSearchParams, ChangeLook] {
  const [address, setAddress] = useSearchParams();
  return [
    address,
    (change) =>
      setAddress(
        (before) => {
          const next = new URLSearchParams(before);
          for (const [name, value] of Object.entries(change)) next.set(name, value);
          return next;
        },
        { replace: true, preventScrollReset: true },
      ),
  ];
}

/** Pins or discards a run for everybody; shown at once, taken back when it fails. */
export function useVerdict(taskId: string) {
  const { t } = useTranslation("compare");
  const key = ["task", taskId, "comparison"];
  return useMutation({
    mutationFn: ({ run, verdict }: { run: ComparedRun; verdict: Verdict }) =>
      got(client.PUT("/v1/runs/{run_id}/verdict", { params: { path: { run_id: run.run_id } }, body: { verdict } })),
    onMutate: async ({ run, verdict }) => {
      await queryClient.cancelQueries({ queryKey: key });
      queryClient.setQueriesData<Comparison>({ queryKey: key }, (before) =>
        before && { ...before, runs: before.runs.map((one) => (one.run_id === run.run_id ? { ...one, verdict } : one)) },
      );
    },
    onError: (error) => toast.error(errorText(t, error)),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["task", taskId] }),
  });
}
