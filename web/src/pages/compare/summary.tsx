// The runs and what they came to, a row each.
import { Pin, PinOff, Trash2, Undo2 } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { saidText } from "@/api/errors";
import { cn } from "@/lib/cn";
import { duration, money, short } from "@/lib/format";
import { address } from "@/routes";
import { Badge, Changes, RunBadge } from "@/ui/badge";
import { IconButton } from "@/ui/button";
import { Letter } from "./letters";
import { letterOf, nameOf, type ComparedRun, type Verdict } from "./look";

interface SummaryProps {
  runs: ComparedRun[];
  shown: ComparedRun;
  onShow: (run: ComparedRun) => void;
  onVerdict: (run: ComparedRun, verdict: Verdict) => void;
  /** What is done with a run: a pull request of it. */
  action: (run: ComparedRun) => ReactNode;
}

const columns = ["run", "result", "changes", "files", "cost", "time", "checks", "decision"] as const;

export function Summary({ runs, shown, onShow, onVerdict, action }: SummaryProps) {
  const { t } = useTranslation("compare");
  return (
    <div role="region" aria-label={t("summary")} tabIndex={0} className="overflow-x-auto rounded-2xl border bg-surface shadow-card">
      <table className="w-full border-collapse text-sm max-sm:block sm:min-w-[56rem]">
        <caption className="sr-only">{t("summary")}</caption>
        <thead className="max-sm:sr-only">
          <tr className="border-b text-left text-xs text-muted">
            {columns.map((column) => <th key={column} scope="col" className="px-2.5 py-2 font-medium whitespace-nowrap">{t(`column.${column}`)}</th>)}
          </tr>
        </thead>
        <tbody className="max-sm:block">
          {runs.map((run) => (
            <tr key={run.run_id} className={cn("border-b align-top last:border-0 max-sm:grid max-sm:grid-cols-[auto_1fr] max-sm:py-1", run === shown && "bg-accent-weak/50")}>
              <Result run={run} isShown={run === shown} onShow={() => onShow(run)} />
              <td className="px-2.5 py-2 max-sm:col-span-2 max-sm:pt-0">
                <span className="flex items-center gap-1 sm:-my-0.5">
                  <Verdicts run={run} onVerdict={(verdict) => onVerdict(run, verdict)} />
                  {action(run)}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Result({ run, isShown, onShow }: { run: ComparedRun; isShown: boolean; onShow: () => void }) {
  const { t, i18n } = useTranslation("compare");
  const quiet = run.verdict === "discarded";
  const said = run.error ? saidText(t, run.error_code, run.error_params, run.error) : run.summary;
  return (
    <>
      <th scope="row" className="px-2.5 py-2 text-left font-normal max-sm:col-span-2 max-sm:pb-0">
        <button type="button" aria-pressed={isShown} onClick={onShow} className="flex min-h-6 items-center gap-2 rounded-md text-left">
          <Letter run={run} />
          <span className={cn("font-medium", quiet && "text-muted line-through")}>{nameOf(run)}</span>
          {run.verdict === "pinned" && <Badge tone="accent"><Pin className="size-3" aria-hidden />{t("pinned")}</Badge>}
          {quiet && <Badge>{t("discarded")}</Badge>}
        </button>
      </th>
      <td className="max-w-72 px-2.5 py-2 max-sm:col-span-2">
        <span className="flex items-center gap-2">
          <RunBadge status={run.status} />
          <Link to={address.run(run.run_id)} className="text-xs whitespace-nowrap text-accent underline">{t("open_run", { letter: letterOf(run) })}</Link>
        </span>
        {said && <span className="mt-1 line-clamp-2 text-xs text-muted" title={said}>{said}</span>}
      </td>
      <td className="px-2.5 py-2 leading-6"><Changes added={run.added_lines} removed={run.removed_lines} /></td>
      <td className="px-2.5 py-2 whitespace-nowrap tabular-nums">
        {t("file_count", { count: run.files_changed })}
        <span className="block text-xs text-muted">{t("shared", { shared: run.shared_files, only: run.only_here_files })}</span>
      </td>
      <td className="px-2.5 py-2 whitespace-nowrap tabular-nums">
        {run.usd == null ? t("no_price") : money(i18n.language, run.usd)}
        <span className="block text-xs text-muted">{t("tokens", { in: short(i18n.language, run.input_tokens), out: short(i18n.language, run.output_tokens) })}</span>
      </td>
      <td className="px-2.5 py-2 whitespace-nowrap tabular-nums">{run.duration_ms == null ? "–" : duration(run.duration_ms)}</td>
      <td className="px-2.5 py-2 whitespace-nowrap"><Checks run={run} /></td>
    </>
  );
}

function Checks({ run: { checks } }: { run: ComparedRun }) {
  const { t } = useTranslation("compare");
  if (!checks.total) return <span className="text-xs text-muted">{t("no_checks")}</span>;
  const [tone, word] = checks.failed ? (["bad", "failed"] as const) : checks.pending ? (["busy", "pending"] as const) : (["good", "passed"] as const);
  return <Badge tone={tone}>{t(`checks.${word}`, { count: checks[word], total: checks.total })}</Badge>;
}

function Verdicts({ run, onVerdict }: { run: ComparedRun; onVerdict: (verdict: Verdict) => void }) {
  const { t } = useTranslation("compare");
  const letter = letterOf(run);
  const pinned = run.verdict === "pinned";
  const discarded = run.verdict === "discarded";
  return (
    <>
      <IconButton label={t(pinned ? "unpin" : "pin", { letter })} size="small-icon" onClick={() => onVerdict(pinned ? null : "pinned")}>
        {pinned ? <PinOff className="size-4" aria-hidden /> : <Pin className="size-4" aria-hidden />}
      </IconButton>
      <IconButton label={t(discarded ? "restore" : "discard", { letter })} size="small-icon" onClick={() => onVerdict(discarded ? null : "discarded")}>
        {discarded ? <Undo2 className="size-4" aria-hidden /> : <Trash2 className="size-4" aria-hidden />}
      </IconButton>
    </>
  );
}
