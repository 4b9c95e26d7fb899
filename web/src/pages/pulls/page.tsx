// All pull requests of all tasks.
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { toast } from "sonner";
import { client, got } from "@/api/client";
import { reposQuery, tasksQuery } from "@/api/queries";
import { useNow } from "@/lib/clock";
import { repoName } from "@/lib/format";
import { useKeys } from "@/lib/keys";
import { stepFocus } from "@/lib/step";
import { pullStates } from "@/pulls/pull-badge";
import { pullsQuery, type Pull } from "@/pulls/pulls";
import { Trouble } from "@/pulls/trouble";
import { Card } from "@/ui/badge";
import { Button, ButtonLink } from "@/ui/button";
import { Select } from "@/ui/field";
import { Page } from "@/ui/page";
import { Asked, Empty } from "@/ui/state";
import { Row } from "./row";

const knownTasks = 1000; // the API's most; tells a pull request's repository
const minute = 60_000;

/** The repository of each task. */
function useRepoOf() {
  const tasks = useQuery(tasksQuery(knownTasks)).data ?? [];
  const repos = useQuery(reposQuery).data ?? [];
  const ids = new Map(tasks.map((task) => [task.id, task.repo_id]));
  const names = new Map(repos.map((repo) => [repo.id, repoName(repo.repo_url)]));
  return { names, idOf: (pull: Pull) => ids.get(pull.task_id), nameOf: (pull: Pull) => names.get(ids.get(pull.task_id) ?? "") };
}

export default function PullsPage() {
  const { t } = useTranslation("pulls");
  const [asked, setAsked] = useSearchParams();
  const pulls = useInfiniteQuery(pullsQuery);
  const repo = useRepoOf();
  const all = pulls.data?.pages.flatMap((page) => page.pulls) ?? [];
  const wanted = { repo: asked.get("repo") ?? "", state: asked.get("state") ?? "" };
  const shown = all.filter((pull) => (!wanted.repo || repo.idOf(pull) === wanted.repo) && (!wanted.state || pull.status === wanted.state));
  const list = useRef<HTMLUListElement>(null);
  const now = useNow(minute);
  useKeys({ j: () => stepFocus(list.current, "[data-pull]", 1), k: () => stepFocus(list.current, "[data-pull]", -1) });
  const choose = (name: string, value: string) =>
    setAsked((before) => {
      if (value) before.set(name, value);
      else before.delete(name);
      return before;
    }, { replace: true });
  const clear = () => setAsked({}, { replace: true });
  return (
    <Page title={t("common:place.pulls")} about={t("about")} actions={all.length > 0 && <SyncAll pulls={shown} />}>
      {all.length > 0 && (
        <div className="flex flex-wrap gap-3">
          <Select label={t("filter_repo")} bare value={wanted.repo} onChange={(event) => choose("repo", event.target.value)}>
            <option value="">{t("all_repos")}</option>
            {[...repo.names].map(([id, name]) => <option key={id} value={id}>{name}</option>)}
          </Select>
          <Select label={t("filter_state")} bare value={wanted.state} onChange={(event) => choose("state", event.target.value)}>
            <option value="">{t("all_states")}</option>
            {pullStates.map((state) => <option key={state} value={state}>{t(`state.${state}`)}</option>)}
          </Select>
        </div>
      )}
      <Asked query={pulls}>
        {() =>
          all.length === 0 ? (
            <Empty title={t("none")} action={<ButtonLink to="/">{t("common:new_task")}</ButtonLink>}>{t("none_about")}</Empty>
          ) : shown.length === 0 ? (
            <Empty title={t("none_fit")} action={<Button onClick={clear}>{t("show_all")}</Button>} />
          ) : (
            <Card><ul ref={list} className="divide-y">{shown.map((pull) => <Row key={pull.id} pull={pull} repo={repo.nameOf(pull)} now={now} />)}</ul></Card>
          )
        }
      </Asked>
      {pulls.hasNextPage && <Button className="self-center" busy={pulls.isFetchingNextPage} onClick={() => void pulls.fetchNextPage()}>{t("common:more")}</Button>}
    </Page>
  );
}

/** Reads the states of those shown that are open, one after the other. */
function SyncAll({ pulls }: { pulls: Pull[] }) {
  const { t } = useTranslation("pulls");
  const queries = useQueryClient();
  const open = pulls.filter((pull) => pull.status === "open");
  const [error, setError] = useState<unknown>();
  const sync = useMutation({
    mutationFn: async () => {
      for (const pull of open) await got(client.POST("/v1/kanban/tasks/{task_id}/prs/{pr_id}/sync-status", { params: { path: { task_id: pull.task_id, pr_id: pull.id } } }));
      return open.length;
    },
    onMutate: () => setError(undefined),
    onSuccess: (count) => toast.success(t("synced", { count })),
    onError: setError,
    onSettled: () => Promise.all([["pulls"], ["kanban"]].map((queryKey) => queries.invalidateQueries({ queryKey }))),
  });
  return (
    <>
      <Button because={!open.length && t("nothing_open")} busy={sync.isPending} onClick={() => sync.mutate()}>{!sync.isPending && <RefreshCw className="size-4" aria-hidden />}{t("sync_all")}</Button>
      {error ? <div className="basis-full"><Trouble error={error} onRetry={() => sync.mutate()} /></div> : null}
    </>
  );
}
