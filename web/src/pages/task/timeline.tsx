// The conversation: each message, and under it the runs that answered it.
import { Columns2 } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/client";
import { useNow } from "@/lib/clock";
import { ago, moment } from "@/lib/format";
import { address } from "@/routes";
import { Button, ButtonLink } from "@/ui/button";
import { RunCard, type RunSummary } from "./run-card";

type Message = Schemas["Message"];
const minute = 60_000;
const mostCompared = 6;

interface RoundProps {
  message: Message;
  runs: RunSummary[];
  taskId: string;
  chosen: string[];
  onChoose: (runId: string) => void;
  onContinue: (run: RunSummary) => void;
}

function Compare({ runs, taskId, chosen }: Pick<RoundProps, "runs" | "taskId" | "chosen">) {
  const { t } = useTranslation("task");
  const picked = runs.filter((run) => chosen.includes(run.id));
  const compared = (picked.length > 1 ? picked : runs).slice(0, mostCompared).map((run) => run.id);
  const sign = <Columns2 className="size-4" aria-hidden />;
  if (runs.length < 2) return null;
  if (picked.length > mostCompared) return <Button because={t("too_many", { count: mostCompared })}>{sign}{t("compare", { count: picked.length })}</Button>;
  return <ButtonLink to={address.compare(taskId, compared)} kind={runs.some((run) => run.status === "succeeded") ? "primary" : "normal"}>{sign}{t("compare", { count: compared.length })}</ButtonLink>;
}

export const Round = memo(function Round({ message, runs, taskId, chosen, onChoose, onContinue }: RoundProps) {
  const { t, i18n } = useTranslation("task");
  const now = useNow(minute);
  const sayer = message.role === "user" ? t("you") : t("assistant");
  return (
    <li className="flex flex-col gap-3">
      <article aria-label={t("message_of", { name: sayer })} className={message.role === "user" ? "max-w-prose self-start rounded-2xl rounded-tl-md bg-accent-weak px-4 py-2.5" : "max-w-prose px-1"}>
        <p className="whitespace-pre-wrap">{message.content}</p>
        <time dateTime={message.created_at} title={moment(i18n.language, message.created_at)} className="mt-1 block text-xs text-muted">{sayer} · {ago(i18n.language, message.created_at, now)}</time>
      </article>
      {runs.length > 0 && (
        <section aria-label={t("runs_of")} className="flex flex-col gap-3">
          <div className="grid grid-cols-[repeat(auto-fit,minmax(min(100%,17rem),1fr))] gap-3">
            {runs.map((run) => (
              <RunCard key={run.id} run={run} taskId={taskId} chosen={chosen.includes(run.id)} onChoose={() => onChoose(run.id)} onContinue={() => onContinue(run)} />
            ))}
          </div>
          <div className="flex flex-wrap items-center gap-2"><Compare runs={runs} taskId={taskId} chosen={chosen} /></div>
        </section>
      )}
    </li>
  );
});
