import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { client, got } from "@/api/client";
import { money } from "@/lib/format";

const pauseMs = 600; // typing rests for so long before an estimate is asked for

function useSettled(text: string) {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), pauseMs);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

interface EstimateProps {
  repoId?: string | undefined;
  taskId?: string | undefined;
  instruction: string;
  modelIds: string[];
  baseRef?: string | undefined;
}

/** What the runs will probably cost, before they start. Nothing while there is nothing to say. */
export function EstimateLine({ repoId, taskId, instruction, modelIds, baseRef }: EstimateProps) {
  const { t, i18n } = useTranslation("compose");
  const settled = useSettled(useDeferredValue(instruction.trim()));
  const body = { instruction: settled, model_ids: modelIds, base_ref: baseRef ?? null };
  const estimate = useQuery({
    queryKey: ["estimate", repoId ?? taskId, body],
    queryFn: ({ signal }) =>
      taskId
        ? got(client.POST("/v1/tasks/{task_id}/estimate", { params: { path: { task_id: taskId } }, body, signal }))
        : got(client.POST("/v1/estimate", { body: { ...body, repo_id: repoId as string }, signal })),
    enabled: Boolean((repoId || taskId) && settled && modelIds.length),
    placeholderData: keepPreviousData,
    retry: false,
  });
  if (!estimate.data || !settled || !modelIds.length) return null;
  const { low_usd: low, high_usd: high, without_price: unknown } = estimate.data;
  const sums = high === null ? null : low !== null && low < high ? `${money(i18n.language, low)} – ${money(i18n.language, high)}` : money(i18n.language, high);
  return (
    <p className="text-xs text-muted" role="status">
      {sums ? t("estimate", { sums, count: modelIds.length }) : t("estimate_unknown")}
      {sums && unknown > 0 && ` ${t("estimate_without", { count: unknown })}`}
    </p>
  );
}
