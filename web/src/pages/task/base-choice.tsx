// On whose result the next message builds.
import { CornerDownRight, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Choice } from "@/ui/choice";
import { IconButton } from "@/ui/button";
import { runName, type RunSummary, type Task } from "./run-state";

const own = "own";

export function BaseChoice({ task, base, onBase }: { task: Task; base: RunSummary | undefined; onBase: (runId: string) => void }) {
  const { t } = useTranslation("task");
  const words = new Map(task.messages.map((message) => [message.id, message.content]));
  const options = task.runs
    .filter((run) => run.working_branch && !["queued", "running"].includes(run.status))
    .map((run) => ({ value: run.id, name: runName(run), hint: words.get(run.message_id ?? "")?.slice(0, 80) }));
  if (!options.length) return null;
  if (base)
    return (
      <span className="inline-flex h-8 min-w-0 items-center gap-1.5 rounded-full bg-accent-weak pr-1 pl-3 text-sm text-accent">
        <CornerDownRight className="size-3.5 shrink-0" aria-hidden />
        <span className="truncate">{t("builds_on", { name: runName(base) })}</span>
        <IconButton label={t("build_on_none")} size="small-icon" onClick={() => onBase("")}><X className="size-3.5" aria-hidden /></IconButton>
      </span>
    );
  return (
    <Choice
      label={t("base")}
      options={[{ value: own, name: t("base_own"), hint: t("base_own_about") }, ...options]}
      chosen={[own]}
      onPick={(value) => onBase(value === own ? "" : value)}
      className="h-8 rounded-full"
    >
      {t("base_own")}
    </Choice>
  );
}
