import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleAlert, Columns2, RotateCcw, Square } from "lucide-react";
import { Suspense, lazy, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";
import { toast } from "sonner";
import { client, got, newKey, once, type Schemas } from "@/api/client";
import { errorText, saidText } from "@/api/errors";
import { runQuery, taskQuery } from "@/api/queries";
import { useNow } from "@/lib/clock";
import { doneBy } from "@/lib/executor";
import { count, duration, money, moment } from "@/lib/format";
import { PullButton } from "@/pulls/create-pull";
import { address } from "@/routes";
import { Changes, RunBadge } from "@/ui/badge";
import { Button, ButtonLink } from "@/ui/button";
import { Facts } from "@/ui/facts";
import { Page } from "@/ui/page";
import { Asked, Loading } from "@/ui/state";
import { Tabs } from "@/ui/tabs";
import { Context } from "./context";
import { LogView } from "./log-view";
import { ShareButton } from "./share";

type Run = Schemas["RunView"];
const RunDiff = lazy(() => import("@/diff/run-diff"));
const second = 1000;
const isOpen = (run: Run) => run.status === "queued" || run.status === "running";

export default function RunPage() {
  const { runId = "" } = useParams();
  const { t } = useTranslation("run");
  const run = useQuery(runQuery(runId));
  return (
    <Page title={run.data ? doneBy(run.data) : t("common:place.run")} about={run.data && <OfTask run={run.data} />} actions={run.data && <Actions key={run.data.id} run={run.data} />} wide>
      <Asked query={run} lines={6}>{(found) => <Shown key={found.id} run={found} />}</Asked>
    </Page>
  );
}

function OfTask({ run }: { run: Run }) {
  const { t } = useTranslation("run");
  const task = useQuery(taskQuery(run.task_id));
  return <Link to={address.task(run.task_id)} className="text-accent underline">{task.data?.title || t("common:untitled")}</Link>;
}

function Actions({ run }: { run: Run }) {
  const { t } = useTranslation(["run", "pulls"]);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [key] = useState(newKey);
  const params = { path: { run_id: run.id } };
  const onError = (error: unknown) => toast.error(errorText(t, error));
  const cancel = useMutation({ mutationFn: () => got(client.POST("/v1/runs/{run_id}/cancel", { params })), onSuccess: () => queries.invalidateQueries({ queryKey: ["run", run.id] }), onError });
  const retry = useMutation({
    mutationFn: () => got(client.POST("/v1/runs/{run_id}/retry", { params, headers: once(key) })),
    onSuccess: ({ run_ids: [next] }) => next && void navigate(address.run(next)),
    onError,
  });
  return (
    <>
      <RunBadge status={run.status} />
      {isOpen(run) && <Button kind="danger" size="small" busy={cancel.isPending} onClick={() => cancel.mutate()}><Square className="size-3.5" aria-hidden />{t("cancel")}</Button>}
      <Button size="small" because={isOpen(run) && t("not_ended")} busy={retry.isPending} onClick={() => retry.mutate()}><RotateCcw className="size-3.5" aria-hidden />{t("again")}</Button>
      <PullButton size="small" taskId={run.task_id} runId={run.id} because={isOpen(run) ? t("not_ended") : !run.commit_sha && t("pulls:no_changes")} />
      <ShareButton runId={run.id} />
      <ButtonLink size="small" to={`${address.compare(run.task_id)}${run.message_id ? `?message=${run.message_id}` : ""}`}><Columns2 className="size-3.5" aria-hidden />{t("compare")}</ButtonLink>
    </>
  );
}

function Shown({ run }: { run: Run }) {
  const { t } = useTranslation("run");
  const [asked, setAsked] = useSearchParams();
  const tab = asked.get("tab") ?? (run.commit_sha ? "diff" : "log");
  return (
    <>
      {run.error && <Failure run={run} />}
      {run.summary && <p className="max-w-prose whitespace-pre-wrap">{run.summary}</p>}
      <Warnings run={run} />
      <Tabs
        label={t("parts")}
        value={tab}
        onChange={(value) => setAsked({ tab: value }, { replace: true })}
        tabs={[
          { value: "diff", name: <>{t("diff")} {run.files_count > 0 && <Changes added={run.added_lines} removed={run.removed_lines} />}</>, content: <Suspense fallback={<Loading lines={8} />}><RunDiff runId={run.id} /></Suspense> },
          { value: "log", name: t("log"), content: <LogView runId={run.id} running={isOpen(run)} /> },
          { value: "request", name: t("request"), content: <Context run={run} /> },
          { value: "usage", name: t("usage"), content: <Usage run={run} /> },
        ]}
      />
    </>
  );
}

/** In the reader's language where they carry codes: those of runs of former versions have none. */
function Warnings({ run }: { run: Run }) {
  const { t } = useTranslation("run");
  const noted = new Map(run.warning_notes?.map((note) => [note.text, saidText(t, note.code, note.params, note.text)]));
  if (!run.warnings.length) return null;
  return (
    <ul className="max-w-prose list-disc pl-5 text-sm text-warn">
      {run.warnings.map((warning) => <li key={warning}>{noted.get(warning) ?? warning}</li>)}
    </ul>
  );
}

/** Why it failed, and what to do about it. */
function Failure({ run }: { run: Run }) {
  const { t } = useTranslation("run");
  return (
    <div role="alert" className="flex max-w-prose gap-3 rounded-xl border border-bad/30 bg-bad-weak px-4 py-3 text-sm">
      <CircleAlert className="mt-0.5 size-5 shrink-0 text-bad" aria-hidden />
      <div className="min-w-0">
        <p className="font-medium break-words">{saidText(t, run.error_code, run.error_params, run.error ?? "")}</p>
        {run.status === "failed" && <p className="mt-1">{t("next")}</p>}
      </div>
    </div>
  );
}

function Usage({ run }: { run: Run }) {
  const { t, i18n } = useTranslation("run");
  const now = useNow(second, run.status === "running");
  const n = (value: number) => count(i18n.language, value);
  const took = run.started_at ? duration((run.completed_at ? new Date(run.completed_at).getTime() : now) - new Date(run.started_at).getTime()) : "–";
  return (
    <div className="max-w-2xl">
      <Facts
        rows={[
          [t("model"), [run.provider, doneBy(run)].filter(Boolean).join(" · ")],
          [t("input"), n(run.input_tokens)],
          [t("cached"), n(run.cache_read_tokens)],
          [t("output"), n(run.output_tokens)],
          [t("calls"), n(run.calls)],
          [t("cost"), run.cost_usd === null ? t("no_price") : money(i18n.language, run.cost_usd)],
          [t("took"), took],
          [t("created"), moment(i18n.language, run.created_at)],
          [t("base"), <code key="base" className="font-mono text-xs">{run.base_commit?.slice(0, 12) ?? "–"}</code>],
          [t("branch"), <code key="branch" className="font-mono text-xs">{run.working_branch ?? "–"}</code>],
          [t("commit"), <code key="commit" className="font-mono text-xs">{run.commit_sha?.slice(0, 12) ?? "–"}</code>],
        ]}
      />
    </div>
  );
}
