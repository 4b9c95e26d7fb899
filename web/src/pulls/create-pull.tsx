// The dialog that makes a pull request of a run: here, on GitHub's own page, or by updating one that is there.
import { useQuery } from "@tanstack/react-query";
import { CircleCheck, ExternalLink, GitPullRequest } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { reposQuery, taskQuery } from "@/api/queries";
import { doneBy } from "@/lib/executor";
import { repoName } from "@/lib/format";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Asked } from "@/ui/state";
import { ByHand } from "./by-hand";
import { OrderFields, useOrder } from "./order";
import { useCreatePull, useLinkPull, useUpdatePull, type PullCreated, type PullLink } from "./pulls";
import { Trouble } from "./trouble";

export interface CreatePullProps {
  taskId: string;
  runId: string;
  /** Closed; with the pull request when one was made, found or updated. */
  onDone?: (pull?: Made) => void;
}

export type Made = Pick<PullCreated, "number" | "url">;

/** Shown open; whoever shows it takes it away in onDone. */
export function CreatePull(props: CreatePullProps) {
  const { t } = useTranslation("pulls");
  const task = useQuery(taskQuery(props.taskId));
  const [made, setMade] = useState<Made & { how: "created" | "found" | "updated" }>();
  const [link, setLink] = useState<PullLink>();
  const ordering = useOrder(props.taskId, props.runId);
  const close = () => props.onDone?.(made);
  const done = (how: "created" | "found" | "updated") => (pull: Made) => {
    ordering.forget();
    setMade({ number: pull.number, url: pull.url, how });
  };
  const run = task.data?.runs.find((one) => one.id === props.runId);
  const about = run && t("of_run", { run: doneBy(run), branch: run.working_branch ?? "–" });
  if (made) return <Dialog open onClose={close} title={t(`done.${made.how}`, { number: made.number })} actions={<Button kind="primary" onClick={close}>{t("common:close")}</Button>}><Finished made={made} /></Dialog>;
  if (link)
    return (
      <Dialog open onClose={close} title={t("by_hand_title")} about={about} actions={<><Button onClick={() => setLink(undefined)}>{t("common:back")}</Button><Button onClick={close}>{t("common:close")}</Button></>}>
        <ByHand taskId={props.taskId} runId={props.runId} link={link} onFound={done("found")} />
      </Dialog>
    );
  if (!task.data) return <Dialog open onClose={close} title={t("create")}><Asked query={task} lines={3}>{() => null}</Asked></Dialog>;
  return <Order {...props} about={about} repoId={task.data.repo_id} pulls={task.data.prs} ordering={ordering} onClose={close} onLink={setLink} onMade={done("created")} onUpdated={done("updated")} because={run && !run.commit_sha ? t("no_changes") : undefined} />;
}

interface OrderProps extends CreatePullProps {
  about: string | undefined;
  repoId: string;
  pulls: { id: string; number: number; url: string; status: string }[];
  ordering: ReturnType<typeof useOrder>;
  /** Why the run can have none. */
  because: string | undefined;
  onClose: () => void;
  onLink: (link: PullLink) => void;
  onMade: (pull: Made) => void;
  onUpdated: (pull: Made) => void;
}

function Order({ taskId, runId, about, repoId, pulls, ordering, because, onClose, onLink, onMade, onUpdated }: OrderProps) {
  const { t } = useTranslation("pulls");
  const repo = useQuery(reposQuery).data?.find((one) => one.id === repoId);
  const create = useCreatePull(taskId);
  const link = useLinkPull(taskId);
  const busy = create.isPending || link.isPending;
  const why = because ?? (ordering.isOwn && !ordering.title.trim() ? t("title_missing") : undefined);
  const make = () => !why && !busy && create.mutate(ordering.order, { onSuccess: onMade });
  const error = create.error ?? link.error;
  const actions = (
    <>
      <Button because={why} busy={link.isPending} onClick={() => !busy && link.mutate(ordering.order, { onSuccess: onLink })}>{!link.isPending && <ExternalLink className="size-4" aria-hidden />}{t("on_github")}</Button>
      <Button kind="primary" because={why} busy={create.isPending} onClick={make}>{!create.isPending && <GitPullRequest className="size-4" aria-hidden />}{t("create_it")}</Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} title={t("create")} about={[repo && repoName(repo.repo_url), about].filter(Boolean).join(" · ")} actions={actions}>
      <div className="flex flex-col gap-4 pb-2">
        {pulls.filter((pull) => pull.status === "open").map((pull) => <UpdateThis key={pull.id} taskId={taskId} runId={runId} pull={pull} because={because} onUpdated={onUpdated} />)}
        <OrderFields ordering={ordering} repoId={repoId} runId={runId} baseHint={repo?.selected_branch ?? repo?.default_branch ?? ""} onSend={make} />
        <p role="status" className="text-sm text-muted empty:hidden">{busy ? t(ordering.isOwn ? "pushing" : "writing") : (why ?? "")}</p>
        {error && !busy ? <Trouble error={error} onRetry={create.error ? make : undefined} /> : null}
      </div>
    </Dialog>
  );
}

/** One is open already: this run's result can go into it. */
function UpdateThis({ taskId, runId, pull, because, onUpdated }: { taskId: string; runId: string; pull: Made & { id: string }; because: string | undefined; onUpdated: (pull: Made) => void }) {
  const { t } = useTranslation("pulls");
  const update = useUpdatePull(taskId);
  const send = () => update.mutate({ id: pull.id, runId }, { onSuccess: () => onUpdated(pull) });
  return (
    <div className="flex flex-col gap-2 rounded-xl bg-accent-weak px-4 py-3">
      <div className="flex flex-wrap items-center gap-3">
        <p className="min-w-0 flex-1 basis-48 text-sm">{t("is_open", { number: pull.number })}</p>
        <Button size="small" because={because} busy={update.isPending} onClick={send}>{t("update_this", { number: pull.number })}</Button>
      </div>
      {update.error ? <Trouble error={update.error} onRetry={send} /> : null}
    </div>
  );
}

function Finished({ made }: { made: Made }) {
  const { t } = useTranslation("pulls");
  return (
    <p className="flex items-center gap-2 pb-2 text-sm">
      <CircleCheck className="size-5 shrink-0 text-good" aria-hidden />
      <a href={made.url} target="_blank" rel="noreferrer" className="text-accent underline">{t("see_on_github", { number: made.number })}</a>
    </p>
  );
}

/** A button that opens the dialog. */
export function PullButton({ because, size, ...rest }: CreatePullProps & { because?: string | false | undefined; size?: "small" | "normal" }) {
  const { t } = useTranslation("pulls");
  const [open, setOpen] = useState(false);
  const done = (pull?: Made) => {
    setOpen(false);
    rest.onDone?.(pull);
  };
  return (
    <>
      <Button size={size} because={because} onClick={() => setOpen(true)}><GitPullRequest className="size-3.5" aria-hidden />{t("create")}</Button>
      {open && <CreatePull {...rest} onDone={done} />}
    </>
  );
}
