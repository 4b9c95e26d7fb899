// Sends the comments on lines together, as one follow-up message that continues a chosen run.
import { useMutation } from "@tanstack/react-query";
import { MessageSquareText } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { toast } from "sonner";
import { newKey, type Schemas } from "@/api/client";
import { queryClient } from "@/api/queries";
import { EstimateLine } from "@/compose/estimate";
import { startRuns } from "@/compose/start";
import { useDraft } from "@/lib/drafts";
import { doneBy } from "@/lib/executor";
import { address } from "@/routes";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Select, TextArea } from "@/ui/field";
import { Fault } from "@/ui/state";
import type { Comments } from "./comments";
import { commentsMessage, type CommentedRun } from "./message";

export type SendableRun = Pick<Schemas["RunSummary"], "id" | "model_id" | "model_name" | "executor_type"> & { letter?: string };

interface SendCommentsProps {
  taskId: string;
  runs: SendableRun[];
  comments: Comments;
}

const nameOf = (run: SendableRun): CommentedRun => ({ id: run.id, name: [run.letter, doneBy(run)].filter(Boolean).join(", ") });

export function SendComments({ taskId, runs, comments }: SendCommentsProps) {
  const { t } = useTranslation("diff");
  const [open, setOpen] = useState(false);
  const written = comments.all.filter((comment) => comment.text.trim());
  return (
    <>
      <Button size="small" kind={written.length ? "primary" : "normal"} className="shrink-0" because={!written.length && t("no_comments")} onClick={() => setOpen(true)}>
        <MessageSquareText className="size-3.5" aria-hidden />
        {t("send_comments", { count: written.length })}
      </Button>
      {open && <Sending taskId={taskId} runs={runs} comments={comments} onClose={() => setOpen(false)} />}
    </>
  );
}

function Sending({ taskId, runs, comments, onClose }: SendCommentsProps & { onClose: () => void }) {
  const { t } = useTranslation("diff");
  const navigate = useNavigate();
  const [before, setBefore] = useDraft(`task.${taskId}.comments.before`);
  const most = (run: SendableRun) => comments.all.filter((comment) => comment.runId === run.id).length;
  const [baseId, setBaseId] = useState(() => [...runs].sort((a, b) => most(b) - most(a))[0]?.id);
  const base = runs.find((run) => run.id === baseId);
  const text = commentsMessage(t, comments.all, runs.map(nameOf), before);
  const ours = comments.all.filter((comment) => runs.some((run) => run.id === comment.runId));
  const foreign = comments.all.length - ours.length;
  const intent = useRef({ what: "", key: "" }); // the same is sent once; something else is another message
  const send = useMutation({
    mutationFn: ({ text, base, key }: { text: string; base: SendableRun; key: string }) =>
      startRuns(taskId, { key, instruction: text, modelIds: [], agents: [base.executor_type], continueRun: base.id }),
    onSuccess: () => {
      comments.remove(ours.map((comment) => comment.id));
      setBefore("");
      void queryClient.invalidateQueries({ queryKey: ["task", taskId] });
      toast.success(t("sent"));
      void navigate(address.task(taskId));
    },
  });
  const because = !base ? t("no_base") : !text ? t("no_comments") : false;
  const submit = () => {
    if (!base || because || send.isPending) return;
    const what = `${base.id} ${text}`;
    if (intent.current.what !== what) intent.current = { what, key: newKey() };
    send.mutate({ text, base, key: intent.current.key });
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("sending")}
      about={t("sending_about")}
      wide
      actions={
        <>
          <div className="mr-auto self-center">
            {base?.executor_type === "patch_agent" && base.model_id && <EstimateLine taskId={taskId} instruction={text} modelIds={[base.model_id]} />}
          </div>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button kind="primary" because={because} busy={send.isPending} onClick={submit}>{t("send")}</Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Select label={t("base")} hint={t("base_hint")} value={baseId} onChange={(event) => setBaseId(event.target.value)}>
          {runs.map((run) => <option key={run.id} value={run.id}>{nameOf(run).name}</option>)}
        </Select>
        <TextArea label={t("before")} hint={t("before_hint")} value={before} onChange={(event) => setBefore(event.target.value)} onSend={submit} />
        <section>
          <h3 className="text-sm font-medium">{t("preview")}</h3>
          <pre tabIndex={0} aria-label={t("preview")} className="mt-1 max-h-72 overflow-y-auto rounded-lg border bg-sunken p-3 text-xs whitespace-pre-wrap">{text}</pre>
          {foreign > 0 && <p className="mt-1 text-xs text-muted">{t("foreign", { count: foreign })}</p>}
        </section>
        {send.error && <Fault error={send.error} onRetry={submit} />}
      </div>
    </Dialog>
  );
}
