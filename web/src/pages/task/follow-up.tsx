import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ArrowUp } from "lucide-react";
import type { RefObject } from "react";
import { useTranslation } from "react-i18next";
import { newKey } from "@/api/client";
import { EstimateLine } from "@/compose/estimate";
import { startRuns } from "@/compose/start";
import { useWho } from "@/compose/who";
import { WhoChips } from "@/compose/who-chips";
import { useDraft } from "@/lib/drafts";
import { intentKey, intentSent } from "@/lib/intent";
import { onMac } from "@/lib/keys";
import { useLive } from "@/live/use-live";
import { Button } from "@/ui/button";
import { TextArea } from "@/ui/field";
import { Fault } from "@/ui/state";
import { BaseChip, BaseChoice } from "./base-choice";
import { isOpen, type Task } from "./run-state";

interface FollowUpProps {
  task: Task;
  /** The run whose result is built on; empty: each model builds on its own last result. */
  baseId: string;
  onBase: (runId: string) => void;
  area: RefObject<HTMLDivElement | null>;
}

/** The next message. Runs that still work go on; what is asked now waits behind those of the same model. */
export function FollowUp({ task, baseId, onBase, area }: FollowUpProps) {
  const { t } = useTranslation(["task", "compose"]);
  const queries = useQueryClient();
  const live = useLive();
  const who = useWho(t);
  const name = `task.${task.id}`;
  const [words, setWords] = useDraft(`${name}.message`);
  const base = task.runs.find((run) => run.id === baseId);
  const modelIds = base ? [] : who.modelIds;
  const priced = base ? (base.executor_type === "patch_agent" && base.model_id ? [base.model_id] : []) : who.modelIds;
  const start = useMutation({
    mutationFn: () => {
      const instruction = words.trim();
      const order = { instruction, modelIds, agents: base ? [base.executor_type] : who.agents, continueRun: base?.id };
      return startRuns(task.id, { ...order, key: intentKey(name, order, newKey), messageKey: intentKey(`${name}.words`, instruction, newKey) });
    },
    onSuccess: async () => {
      intentSent(name);
      intentSent(`${name}.words`);
      setWords("");
      onBase("");
      await queries.invalidateQueries({ queryKey: ["task", task.id] });
    },
  });
  const count = base ? 1 : who.chosen.length;
  const missing = !words.trim() ? t("compose:because_words") : !count ? t("compose:because_who") : undefined;
  const because = live.kind === "offline" ? t("compose:because_offline") : missing;
  const send = () => !because && !start.isPending && start.mutate();
  return (
    <div ref={area} className="flex flex-col gap-2 rounded-2xl border bg-surface p-3 shadow-pop sm:sticky sm:bottom-3 sm:z-10">
      <TextArea label={t("follow_up")} bare rows={1} value={words} placeholder={t("follow_up")} onChange={(event) => setWords(event.target.value)} onSend={send} className="border-transparent bg-sunken" />
      {start.error ? <Fault error={start.error} onRetry={send} /> : null}
      <div className="flex flex-wrap items-end gap-2">
        <div className="min-w-0 basis-full sm:flex-1 sm:basis-0">{base ? <BaseChip base={base} onLeave={() => onBase("")} /> : <WhoChips who={who} />}</div>
        {!base && <BaseChoice task={task} onBase={onBase} />}
        <Button kind="primary" className="ml-auto" because={because} busy={start.isPending} onClick={send}><ArrowUp className="size-4" aria-hidden />{t("compose:start", { count })}</Button>
      </div>
      <div className="flex flex-wrap justify-between gap-x-4 text-xs text-muted">
        <EstimateLine taskId={task.id} instruction={words} modelIds={priced} />
        {task.runs.some(isOpen) && <p>{t("queues")}</p>}
        <p className="ml-auto">{because ?? t("compose:send_hint", { keys: onMac ? "⌘ Enter" : "Ctrl Enter" })}</p>
      </div>
    </div>
  );
}
