// The conversation: each message, and under it the runs that answered it.
import { Columns2 } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/client";
import { useNow } from "@/lib/clock";
import { ago, moment } from "@/lib/format";
import { address } from "@/routes";
import { PullButton } from "@/pulls/create-pull";
import { Button, ButtonLink } from "@/ui/button";
import { RunCard } from "./run-card";
import { isOpen, sameRuns, takenRun, type RunSummary } from "./run-state";
import { Words } from "./words";

const minute = 60_000;
const mostCompared = 6;

interface RoundProps {
  message: Schemas["Message"];
  runs: RunSummary[];
  taskId: string;
  /** Ids of those of its runs that are chosen, with a space between. */
  chosen: string;
  isLast: boolean;
  onChoose: (runId: string) => void;
  onContinue: (runId: string) => void;
}

function Compare({ runs, taskId, chosen, isLast }: Pick<RoundProps, "runs" | "taskId" | "isLast"> & { chosen: string[] }) {
  const { t } = useTranslation("task");
  if (runs.length < 2) return null;
  const sign = <Columns2 className="size-4" aria-hidden />;
  if (chosen.length > mostCompared) return <Button because={t("too_many", { count: mostCompared })}>{sign}{t("compare", { count: chosen.length })}</Button>;
  const compared = chosen.length > 1 ? chosen : runs.slice(0, mostCompared).map((run) => run.id);
  const wanted = chosen.length > 1 || (isLast && runs.some((run) => run.status === "succeeded"));
  return <ButtonLink to={address.compare(taskId, compared)} kind={wanted ? "primary" : "normal"}>{sign}{t("compare", { count: compared.length })}</ButtonLink>;
}

/** A pull request of the one run that stands out: chosen, pinned, or alone. */
function Take({ runs, taskId, chosen }: Pick<RoundProps, "runs" | "taskId"> & { chosen: string[] }) {
  const { t } = useTranslation(["task", "pulls"]);
  const run = takenRun(runs, chosen);
  return run && <PullButton taskId={taskId} runId={run.id} because={isOpen(run) ? t("run_works") : !run.commit_sha && t("pulls:no_changes")} />;
}

function Said({ message }: { message: Schemas["Message"] }) {
  const { t, i18n } = useTranslation("task");
  const now = useNow(minute);
  const ours = message.role === "user";
  const sayer = t(ours ? "you" : "assistant");
  return (
    <article aria-label={t("message_of", { name: sayer })} className={ours ? "max-w-prose self-start rounded-2xl rounded-tl-md bg-accent-weak px-4 py-2.5" : "max-w-prose px-1"}>
      <Words content={message.content} />
      <time dateTime={message.created_at} title={moment(i18n.language, message.created_at)} className="mt-1 block text-xs text-muted">{sayer} · {ago(i18n.language, message.created_at, now)}</time>
    </article>
  );
}

const place = "-m-1 flex flex-col gap-3 p-1 [contain-intrinsic-size:auto_18rem] [content-visibility:auto]";

/** As high as a round that was not laid out yet. */
export const RoundPlace = () => <li className={place} aria-hidden />;

/** Rounds far from the window are neither laid out nor painted, and drawn again only when they changed. */
export const Round = memo(
  function Round({ message, runs, taskId, chosen, isLast, onChoose, onContinue }: RoundProps) {
    const { t } = useTranslation("task");
    const ids = chosen ? chosen.split(" ") : [];
    return (
      <li className={place}>
        <Said message={message} />
        {runs.length > 0 && (
          <section aria-label={t("runs_of")} className="flex flex-col gap-3">
            <h2 className="sr-only">{t("runs_of")}</h2>
            <div className="grid grid-cols-[repeat(auto-fit,minmax(min(100%,19.5rem),1fr))] gap-3">
              {runs.map((run) => (
                <RunCard key={run.id} run={run} taskId={taskId} chosen={ids.includes(run.id)} onChoose={onChoose} onContinue={onContinue} />
              ))}
            </div>
            <div className="flex flex-wrap items-center gap-2">
              <Compare runs={runs} taskId={taskId} chosen={ids} isLast={isLast} />
              <Take runs={runs} taskId={taskId} chosen={ids} />
            </div>
          </section>
        )}
      </li>
    );
  },
  ({ runs: before, ...rest }, { runs, ...next }) => sameRuns(before, runs) && (Object.keys(next) as (keyof typeof next)[]).every((name) => rest[name] === next[name]),
);
