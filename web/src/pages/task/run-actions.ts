// What can be done with a run from its card.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { toast } from "sonner";
import { client, got, newKey, once } from "@/api/client";
import { errorText } from "@/api/errors";
import type { RunSummary } from "./run-state";

export function useRunActions(run: RunSummary, taskId: string) {
  const { t } = useTranslation("task");
  const queries = useQueryClient();
  const [key, setKey] = useState(newKey);
  const params = { path: { run_id: run.id } };
  const after = {
    onSettled: () => queries.invalidateQueries({ queryKey: ["task", taskId] }),
    onError: (error: unknown) => toast.error(errorText(t, error)),
  };
  const cancel = useMutation({ mutationFn: () => got(client.POST("/v1/runs/{run_id}/cancel", { params })), ...after });
  const retry = useMutation({
    mutationFn: () => got(client.POST("/v1/runs/{run_id}/retry", { params, headers: once(key) })),
    ...after,
    onSuccess: () => setKey(newKey()), // asking again is another run
  });
  const judge = useMutation({ mutationFn: (verdict: RunSummary["verdict"]) => got(client.PUT("/v1/runs/{run_id}/verdict", { params, body: { verdict } })), ...after });
  return { cancel, retry, judge };
}

/** The newest line of the log; news of the run make it old. */
export const useLastLine = (runId: string, running: boolean) =>
  useQuery({
    queryKey: ["run", runId, "last-line"],
    queryFn: async ({ signal }) => (await got(client.GET("/v1/runs/{run_id}/log", { params: { path: { run_id: runId }, query: { from: -1, limit: 1 } }, signal }))).lines[0]?.text ?? "",
    enabled: running,
  });
