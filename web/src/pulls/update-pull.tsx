// Brings the result of another run of the task into a pull request.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { taskQuery } from "@/api/queries";
import { doneBy } from "@/lib/executor";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Select, TextField } from "@/ui/field";
import { Asked } from "@/ui/state";
import { useUpdatePull, type Pull } from "./pulls";
import { Trouble } from "./trouble";

const messageMost = 1000;

export function UpdatePull({ pull, onClose }: { pull: Pull; onClose: () => void }) {
  const { t } = useTranslation("pulls");
  const task = useQuery(taskQuery(pull.task_id));
  const update = useUpdatePull(pull.task_id);
  const [picked, setPicked] = useState("");
  const [message, setMessage] = useState("");
  const runs = task.data?.runs.filter((run) => run.commit_sha) ?? [];
  const runId = picked || runs.find((run) => run.commit_sha !== pull.latest_commit)?.id || runs[0]?.id || "";
  const because = runId ? undefined : t("no_other_run");
  const send = () => !because && !update.isPending && update.mutate({ id: pull.id, runId, message: message.trim() }, { onSuccess: onClose });
  return (
    <Dialog open onClose={onClose} title={t("update_title", { number: pull.number })} about={t("update_about")} actions={<Button kind="primary" because={because} busy={update.isPending} onClick={send}>{t("update_it")}</Button>}>
      <Asked query={task} lines={2}>
        {() => (
          <div className="flex flex-col gap-4 pb-2">
            {because ? <p className="text-sm text-muted">{because}</p> : (
              <Select label={t("which_run")} value={runId} onChange={(event) => setPicked(event.target.value)}>
                {runs.map((run) => <option key={run.id} value={run.id}>{[doneBy(run), run.working_branch, run.summary?.split("\n")[0]?.slice(0, 60)].filter(Boolean).join(" · ")}</option>)}
              </Select>
            )}
            <TextField label={t("message")} hint={t("message_hint")} value={message} maxLength={messageMost} onChange={(event) => setMessage(event.target.value)} />
            {update.error ? <Trouble error={update.error} onRetry={send} /> : null}
          </div>
        )}
      </Asked>
    </Dialog>
  );
}
