// One run under its message: who, how far, what came out, and what can be done with it.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CornerDownRight, Ellipsis, RotateCcw, Square } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { toast } from "sonner";
import { client, got, newKey, once, type Schemas } from "@/api/client";
import { errorText } from "@/api/errors";
import { useNow } from "@/lib/clock";
import { cn } from "@/lib/cn";
import { duration, money, short } from "@/lib/format";
import { address } from "@/routes";
import { Changes, RunBadge } from "@/ui/badge";
import { IconButton } from "@/ui/button";
import { Menu, MenuItem } from "@/ui/menu";

export type RunSummary = Schemas["RunSummary"];
const second = 1000;

export const isOpen = (run: RunSummary) => run.status === "queued" || run.status === "running";
export const runName = (run: RunSummary) => run.model_name ?? run.executor_type;

function useActions(run: RunSummary, taskId: string) {
  const { t } = useTranslation("task");
  const queries = useQueryClient();
  const [key] = useState(newKey);
  const params = { path: { run_id: run.id } };
  const after = {
    onSuccess: () => queries.invalidateQueries({ queryKey: ["task", taskId] }),
    onError: (error: unknown) => toast.error(errorText(t, error)),
  };
  const cancel = useMutation({ mutationFn: () => got(client.POST("/v1/runs/{run_id}/cancel", { params })), ...after });
  const retry = useMutation({ mutationFn: () => got(client.POST("/v1/runs/{run_id}/retry", { params, headers: once(key) })), ...after });
  return { cancel, retry };
}

function Numbers({ run }: { run: RunSummary }) {
  const { t, i18n } = useTranslation("task");
  const now = useNow(second, run.status === "running");
  const from = run.started_at ? new Date(run.started_at).getTime() : undefined;
  const to = run.completed_at ? new Date(run.completed_at).getTime() : now;
  const tokens = run.input_tokens + run.output_tokens;
  return (
    <dl className="flex flex-wrap gap-x-3 gap-y-0.5 text-xs text-muted [&_dt]:sr-only">
      {from !== undefined && <div><dt>{t("time")}</dt><dd className="tabular-nums">{duration(to - from)}</dd></div>}
      {tokens > 0 && <div><dt>{t("tokens")}</dt><dd>{t("tokens_n", { n: short(i18n.language, tokens) })}</dd></div>}
      {run.cost_usd !== null && <div><dt>{t("cost")}</dt><dd>{money(i18n.language, run.cost_usd)}</dd></div>}
      {run.files_count > 0 && <div><dt>{t("files")}</dt><dd>{t("files_n", { count: run.files_count })}</dd></div>}
    </dl>
  );
}

function Said({ run }: { run: RunSummary }) {
  const { t } = useTranslation("task");
  if (run.status === "queued") return <p className="text-sm text-muted">{t("waits")}</p>;
  if (run.status === "running") return <p className="text-sm text-busy">{t(`phase.${run.phase ?? "working"}`, { defaultValue: run.phase ?? "" })}</p>;
  if (run.error) return <p className="line-clamp-4 text-sm text-bad">{run.error}</p>;
  return <p className="line-clamp-4 text-sm">{run.summary || t("no_summary")}</p>;
}

interface CardProps {
  run: RunSummary;
  taskId: string;
  chosen: boolean;
  onChoose: () => void;
  onContinue: () => void;
}

export function RunCard({ run, taskId, chosen, onChoose, onContinue }: CardProps) {
  const { t } = useTranslation("task");
  const { cancel, retry } = useActions(run, taskId);
  const name = runName(run);
  const busy = cancel.isPending || retry.isPending;
  return (
    <article aria-label={name} className={cn("flex min-w-0 flex-col gap-2 rounded-2xl border bg-surface p-3.5 shadow-card", chosen && "border-accent ring-1 ring-accent")}>
      <header className="flex items-center gap-2">
        <input type="checkbox" checked={chosen} onChange={onChoose} aria-label={t("choose_run", { name })} className="size-4 shrink-0 accent-(--accent)" />
        <h3 className="min-w-0 flex-1 truncate text-sm font-semibold">
          <Link to={address.run(run.id)} data-run className="hover:underline">{name}</Link>
        </h3>
        <RunBadge status={run.status} />
        <Menu button={<IconButton label={t("run_actions", { name })} size="small-icon" busy={busy}><Ellipsis className="size-4" aria-hidden /></IconButton>}>
          {isOpen(run) && <MenuItem onSelect={() => cancel.mutate()}><Square className="size-4" aria-hidden />{t("cancel_run")}</MenuItem>}
          <MenuItem onSelect={() => retry.mutate()} because={isOpen(run) && t("not_ended")}><RotateCcw className="size-4" aria-hidden />{t("retry_run")}</MenuItem>
          <MenuItem onSelect={onContinue} because={!run.working_branch && t("no_branch")}><CornerDownRight className="size-4" aria-hidden />{t("continue_run")}</MenuItem>
        </Menu>
      </header>
      <div className="min-h-10 flex-1"><Said run={run} /></div>
      <footer className="flex items-end justify-between gap-2">
        <Numbers run={run} />
        {(run.added_lines > 0 || run.removed_lines > 0) && <Changes added={run.added_lines} removed={run.removed_lines} />}
      </footer>
    </article>
  );
}
