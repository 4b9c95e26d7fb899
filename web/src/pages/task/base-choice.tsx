// On whose result the next message builds.
import { CornerDownRight, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Choice } from "@/ui/choice";
import { IconButton } from "@/ui/button";
import { isOpen, runName, type RunSummary, type Task } from "./run-state";

const own = "own";
const hintMost = 80; // letters

/** The run whose result the next message builds on. */
export function BaseChip({ base, onLeave }: { base: RunSummary; onLeave: () => void }) {
  const { t } = useTranslation("task");
  return (
    <span className="inline-flex h-8 max-w-full min-w-0 items-center gap-1.5 rounded-full bg-accent-weak pr-1 pl-3 text-sm text-accent">
      <CornerDownRight className="size-3.5 shrink-0" aria-hidden />
      <span className="truncate">{t("builds_on", { name: runName(base) })}</span>
      <IconButton label={t("build_on_none")} size="small-icon" onClick={onLeave}><X className="size-3.5" aria-hidden /></IconButton>
    </span>
  );
}

/** Each model's own last result, or that of a run. */
export function BaseChoice({ task, onBase }: { task: Task; onBase: (runId: string) => void }) {
  const { t } = useTranslation("task");
  const words = new Map(task.messages.map((message) => [message.id, message.content]));
  const options = task.runs
    .filter((run) => run.working_branch && !isOpen(run))
    .map((run) => ({ value: run.id, name: runName(run), hint: words.get(run.message_id ?? "")?.slice(0, hintMost) }));
  if (!options.length) return null;
  return (
    <Choice
      label={t("base")}
      options={[{ value: own, name: t("base_own"), hint: t("base_own_about") }, ...options]}
      chosen={[own]}
      onPick={(value) => onBase(value === own ? "" : value)}
    >
      {t("base_own")}
    </Choice>
  );
}
