import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ArrowUp, CornerDownRight, X } from "lucide-react";
import { useState, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import { newKey } from "@/api/client";
import { EstimateLine } from "@/compose/estimate";
import { startRuns } from "@/compose/start";
import { useWho } from "@/compose/who";
import { WhoChips } from "@/compose/who-chips";
import { useDraft } from "@/lib/drafts";
import { Button, IconButton } from "@/ui/button";
import { TextArea } from "@/ui/field";
import { Fault } from "@/ui/state";
import { isOpen, runName, type RunSummary } from "./run-card";

interface FollowUpProps {
  taskId: string;
  runs: RunSummary[];
  /** The run whose result is built on; without one each model builds on its own last result. */
  base: RunSummary | undefined;
  onBase: (run: RunSummary | undefined) => void;
  area: RefObject<HTMLDivElement | null>;
}

/** The next message. Runs that still work go on; what is asked now waits behind those of the same model. */
export function FollowUp({ taskId, runs, base, onBase, area }: FollowUpProps) {
  const { t } = useTranslation(["task", "compose"]);
  const queries = useQueryClient();
  const who = useWho(t);
  const [words, setWords] = useDraft(`task.${taskId}.message`);
  const [key, setKey] = useState(newKey);
  const start = useMutation({
    mutationFn: () => startRuns(taskId, { key, instruction: words, modelIds: base ? [] : who.modelIds, agents: base ? [] : who.agents, continueRun: base?.id }),
    onSuccess: async () => {
      setWords("");
      setKey(newKey());
      onBase(undefined);
      await queries.invalidateQueries({ queryKey: ["task", taskId] });
    },
  });
  const count = base ? 1 : who.chosen.length;
  const because = !words.trim() ? t("compose:because_words") : !count ? t("compose:because_who") : undefined;
  const send = () => !because && !start.isPending && start.mutate();
  return (
    <div ref={area} className="flex flex-col gap-2 rounded-2xl border bg-surface p-3 shadow-card">
      <TextArea label={t("follow_up")} bare rows={2} value={words} placeholder={t("follow_up")} onChange={(event) => setWords(event.target.value)} onSend={send} className="border-transparent bg-sunken" />
      {start.error ? <Fault error={start.error} /> : null}
      <div className="flex flex-wrap items-end gap-2">
        <div className="min-w-0 basis-full sm:flex-1 sm:basis-0">
          {base ? (
            <span className="inline-flex h-8 items-center gap-1.5 rounded-full bg-accent-weak pr-1 pl-3 text-sm text-accent">
              <CornerDownRight className="size-3.5" aria-hidden />
              {t("builds_on", { name: runName(base) })}
              <IconButton label={t("build_on_none")} size="small-icon" onClick={() => onBase(undefined)}><X className="size-3.5" aria-hidden /></IconButton>
            </span>
          ) : (
            <WhoChips who={who} />
          )}
        </div>
        <Button kind="primary" className="ml-auto" because={because} busy={start.isPending} onClick={send}><ArrowUp className="size-4" aria-hidden />{t("compose:start", { count })}</Button>
      </div>
      {!base && <EstimateLine taskId={taskId} instruction={words} modelIds={who.modelIds} />}
      {runs.some(isOpen) && <p className="text-xs text-muted">{t("queues")}</p>}
    </div>
  );
}
