// One run under its message: who, how far, what came out, and what can be done with it.
import { Ban, CornerDownRight, Ellipsis, Pin, PinOff, RotateCcw, Square, Trash2, Undo2 } from "lucide-react";
import { memo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { saidText } from "@/api/errors";
import { useNow } from "@/lib/clock";
import { cn } from "@/lib/cn";
import { duration, money, short } from "@/lib/format";
import { address } from "@/routes";
import { Badge, Changes, RunBadge } from "@/ui/badge";
import { IconButton } from "@/ui/button";
import { Menu, MenuItem, MenuLine } from "@/ui/menu";
import { useLastLine, useRunActions } from "./run-actions";
import { isOpen, runName, type RunSummary } from "./run-state";

const second = 1000;

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

function Working({ run }: { run: RunSummary }) {
  const { t } = useTranslation("task");
  const line = useLastLine(run.id, true);
  return (
    <>
      <p className="text-sm text-busy">{t(`phase.${run.phase ?? "working"}`, { defaultValue: run.phase ?? "" })}</p>
      <p className="min-h-5 truncate font-mono text-xs leading-5 text-muted" title={line.data}>{line.data}</p>
    </>
  );
}

function Said({ run }: { run: RunSummary }) {
  const { t } = useTranslation("task");
  if (run.status === "queued") return <p className="text-sm text-muted">{t("waits")}</p>;
  if (run.status === "running") return <Working run={run} />;
  if (run.error) return <p className="line-clamp-4 text-sm text-bad">{saidText(t, run.error_code, run.error_params, run.error)}</p>;
  return <p className="line-clamp-4 text-sm">{run.summary || t("no_summary")}</p>;
}

function Actions({ run, taskId, onContinue }: Pick<CardProps, "run" | "taskId" | "onContinue">) {
  const { t } = useTranslation("task");
  const { cancel, retry, judge } = useRunActions(run, taskId);
  const open = isOpen(run);
  const busy = cancel.isPending || retry.isPending || judge.isPending;
  const pinned = run.verdict === "pinned";
  const discarded = run.verdict === "discarded";
  const continues = useRef(false);
  const closed = (event: Event) => {
    if (!continues.current) return;
    continues.current = false;
    event.preventDefault(); // the focus goes to where the next message is written
    onContinue(run.id);
  };
  return (
    <Menu onClosed={closed} button={<IconButton label={t("run_actions", { name: runName(run) })} size="small-icon" busy={busy}>{busy ? null : <Ellipsis className="size-4" aria-hidden />}</IconButton>}>
      {open && <MenuItem onSelect={() => cancel.mutate()}><Square className="size-4" aria-hidden />{t("cancel_run")}</MenuItem>}
      <MenuItem onSelect={() => retry.mutate()} because={open && t("not_ended")}><RotateCcw className="size-4" aria-hidden />{t("retry_run")}</MenuItem>
      <MenuItem onSelect={() => { continues.current = true; }} because={open ? t("not_ended") : !run.working_branch && t("no_branch")}><CornerDownRight className="size-4" aria-hidden />{t("continue_run")}</MenuItem>
      <MenuLine />
      <MenuItem onSelect={() => judge.mutate(pinned ? null : "pinned")}>{pinned ? <PinOff className="size-4" aria-hidden /> : <Pin className="size-4" aria-hidden />}{t(pinned ? "unpin" : "pin")}</MenuItem>
      <MenuItem onSelect={() => judge.mutate(discarded ? null : "discarded")}>{discarded ? <Undo2 className="size-4" aria-hidden /> : <Trash2 className="size-4" aria-hidden />}{t(discarded ? "restore" : "discard")}</MenuItem>
    </Menu>
  );
}

interface CardProps {
  run: RunSummary;
  taskId: string;
  chosen: boolean;
  onChoose: (runId: string) => void;
  onContinue: (runId: string) => void;
}

/** Drawn again only when its run changed: a task may have hundreds of them. */
export const RunCard = memo(function RunCard({ run, taskId, chosen, onChoose, onContinue }: CardProps) {
  const { t } = useTranslation("task");
  const name = runName(run);
  const discarded = run.verdict === "discarded";
  return (
    <article aria-label={name} className={cn("flex min-w-0 flex-col gap-2 rounded-2xl border bg-surface p-3.5 shadow-card has-[a:focus-visible]:border-accent", discarded && "bg-sunken shadow-none", chosen && "border-accent ring-1 ring-accent")}>
      <header className="flex items-center gap-2">
        <span className="flex size-6 shrink-0 items-center"><input type="checkbox" checked={chosen} onChange={() => onChoose(run.id)} aria-label={t("choose_run", { name })} className="size-4 accent-(--accent)" /></span>
        <h3 className="min-w-0 flex-1 text-sm font-semibold">
          <Link to={address.run(run.id)} data-run title={name} className={cn("block scroll-mt-16 scroll-mb-72 truncate hover:underline", discarded && "text-muted line-through")}>{name}</Link>
        </h3>
        <RunBadge status={run.status} />
        <Actions run={run} taskId={taskId} onContinue={onContinue} />
      </header>
      <div className="min-h-12 flex-1"><Said run={run} /></div>
      <footer className="flex flex-wrap items-end justify-between gap-2">
        <Numbers run={run} />
        <span className="ml-auto flex items-center gap-2">
          {run.verdict === "pinned" && <Badge tone="accent"><Pin className="size-3" aria-hidden />{t("pinned")}</Badge>}
          {discarded && <Badge><Ban className="size-3" aria-hidden />{t("discarded")}</Badge>}
          {(run.added_lines > 0 || run.removed_lines > 0) && <Changes added={run.added_lines} removed={run.removed_lines} />}
        </span>
      </footer>
    </article>
  );
});
