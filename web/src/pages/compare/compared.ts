// A comparison from the server, the address that says what of it is looked at, and verdicts.
import { keepPreviousData, queryOptions, useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { toast } from "sonner";
import { client, got } from "@/api/client";
import { errorText } from "@/api/errors";
import { queryClient } from "@/api/queries";
import { offeredMs } from "@/lib/notice";
import { letterOf, type ComparedRun, type Comparison, type Verdict } from "./look";

/** `version` changes with the runs of the task, of which the live stream tells. */
export const comparisonQuery = (task_id: string, message_id: string | undefined, version: string) =>
  queryOptions({
    queryKey: ["task", task_id, "comparison", message_id ?? null, version],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      got(client.GET("/v1/tasks/{task_id}/comparison", { params: { path: { task_id }, query: message_id ? { message_id } : {} }, signal })),
  });

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

/** Pins or discards a run for everybody; shown at once, taken back when it fails, or wanted. */
export function useVerdict(taskId: string) {
  const { t } = useTranslation("compare");
  const key = ["task", taskId, "comparison"];
  const change = useMutation({
    mutationFn: ({ run, verdict }: { run: ComparedRun; verdict: Verdict; isUndo?: boolean }) =>
      got(client.PUT("/v1/runs/{run_id}/verdict", { params: { path: { run_id: run.run_id } }, body: { verdict } })),
    onMutate: async ({ run, verdict }) => {
      await queryClient.cancelQueries({ queryKey: key });
      queryClient.setQueriesData<Comparison>({ queryKey: key }, (before) =>
        before && { ...before, runs: before.runs.map((one) => (one.run_id === run.run_id ? { ...one, verdict } : one)) },
      );
    },
    onSuccess: (_, { run, verdict, isUndo }) => {
      const before = run.verdict;
      if (isUndo) return;
      toast(t(`told.${verdict ?? "none"}`, { letter: letterOf(run) }), {
        duration: offeredMs,
        action: { label: t("undo"), onClick: () => change.mutate({ run: { ...run, verdict }, verdict: before, isUndo: true }) },
      });
    },
    onError: (error) => toast.error(errorText(t, error)),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["task", taskId] }),
  });
  return change;
}
