import { useQuery } from "@tanstack/react-query";
import { CircleCheck, Loader2 } from "lucide-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Schemas } from "@/api/client";
import { modelsQuery, reposQuery, tasksQuery } from "@/api/queries";
import { useNow } from "@/lib/clock";
import { ago, repoName } from "@/lib/format";
import { useKeys } from "@/lib/keys";
import { useShared } from "@/lib/shared";
import { stepFocus } from "@/lib/step";
import { ready } from "@/live/ready";
import { address } from "@/routes";
import { Badge, type Tone } from "@/ui/badge";
import { Page } from "@/ui/page";
import { Asked, Empty, Loading } from "@/ui/state";
import { Composer } from "./composer";
import { FirstSteps } from "./first-steps";

const shown = 12; // tasks
const minute = 60_000;

type Status = Schemas["Task"]["kanban_status"];

const tones: Record<Status, Tone> = {
  backlog: "plain", todo: "plain", in_progress: "busy", in_review: "accent", gating: "warn", done: "good", archived: "plain",
};

export default function HomePage() {
  const { t } = useTranslation("home");
  return (
    <Page title={t("title")}>
      <Composer />
      <Below />
    </Page>
  );
}

/** Comes when it is known what stands there: nothing that is read already moves. */
function Below() {
  const waits = [useQuery(modelsQuery), useQuery(reposQuery), useQuery(tasksQuery(shown))].some((query) => query.isPending);
  if (waits) return <Loading lines={3} />;
  return (
    <>
      <FirstSteps />
      <RecentTasks />
    </>
  );
}

function TaskBadge({ status, waits }: { status: Status; waits: boolean }) {
  const { t } = useTranslation("home");
  if (waits) return <Badge tone="good"><CircleCheck className="size-3.5" aria-hidden />{t("results_wait")}</Badge>;
  return (
    <Badge tone={tones[status]}>
      {status === "in_progress" && <Loader2 className="size-3.5 animate-spin" aria-hidden />}
      {t(`status.${status}`)}
    </Badge>
  );
}

function RecentTasks() {
  const { t, i18n } = useTranslation("home");
  const tasks = useQuery(tasksQuery(shown));
  const repos = useQuery(reposQuery);
  const list = useRef<HTMLUListElement>(null);
  const now = useNow(minute);
  const waiting = new Set(useShared(ready).map((one) => one.id));
  const names = new Map(repos.data?.map((repo) => [repo.id, repoName(repo.repo_url)]));
  useKeys({ j: () => stepFocus(list.current, "a", 1), k: () => stepFocus(list.current, "a", -1) });
  return (
    <section aria-labelledby="recent" className="flex flex-col gap-2">
      <h2 id="recent" className="text-sm font-semibold">{t("recent")}</h2>
      <Asked query={tasks}>
        {(found) =>
          found.length === 0 ? (
            <Empty title={t("no_tasks")}>{t("no_tasks_about")}</Empty>
          ) : (
            <ul ref={list} className="divide-y overflow-hidden rounded-2xl border bg-surface">
              {found.map((task) => (
                <li key={task.id}>
                  <Link to={address.task(task.id)} className="flex items-center gap-3 px-4 py-2.5 -outline-offset-2 hover:bg-sunken">
                    <span className="min-w-0 flex-1">
                      <span className="block truncate text-sm font-medium">{task.title || t("common:untitled")}</span>
                      <span className="block truncate text-xs text-muted">{names.get(task.repo_id)}</span>
                    </span>
                    <TaskBadge status={task.kanban_status} waits={waiting.has(task.id)} />
                    <span className="hidden w-28 text-right text-xs text-muted sm:block">{ago(i18n.language, task.updated_at, now)}</span>
                  </Link>
                </li>
              ))}
            </ul>
          )
        }
      </Asked>
    </section>
  );
}
