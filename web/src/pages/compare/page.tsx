// Compare the runs of a message: /tasks/ID/compare?runs=A,B&message=ID.
import { useQuery } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import type { Schemas } from "@/api/client";
import { taskQuery } from "@/api/queries";
import { cn } from "@/lib/cn";
import { useKeys } from "@/lib/keys";
import { PullButton } from "@/pulls/create-pull";
import { address } from "@/routes";
import { ButtonLink } from "@/ui/button";
import { Choice } from "@/ui/choice";
import { Page } from "@/ui/page";
import { Asked, Empty } from "@/ui/state";
import { comparisonQuery, useAddress, useVerdict, type ChangeLook } from "./compared";
import { letterOf, lookAt, modes, mostRuns, nameOf, type ComparedRun, type Comparison, type Look, type Verdict } from "./look";
import { Letter } from "./letters";
import { isWorking } from "./lines";
import { Summary } from "./summary";
import { Workspace } from "./workspace";

type Task = Schemas["TaskDetail"];

export default function ComparePage() {
  const { taskId = "" } = useParams();
  const { t } = useTranslation("compare");
  const [asked] = useAddress();
  const task = useQuery(taskQuery(taskId));
  const title = task.data ? t("title", { task: task.data.title || t("common:untitled") }) : t("common:place.compare");
  return (
    <Page
      title={title}
      about={<Instruction task={task.data} message={asked.get("message")} />}
      actions={<ButtonLink to={address.task(taskId)} size="small">{t("to_task")}</ButtonLink>}
      wide
    >
      <Asked query={task}>{(found) => <Compared task={found} />}</Asked>
    </Page>
  );
}

/** The beginning of the message that the runs answer. */
function Instruction({ task, message }: { task: Task | undefined; message: string | null }) {
  const content = task?.messages.findLast((one) => (message ? one.id === message : one.role === "user"))?.content;
  return content ? <p className="line-clamp-2 max-w-prose">{content}</p> : null;
}

/** What of the task's runs a comparison shows. */
const versionOf = (task: Task) => task.runs.map((run) => `${run.status} ${run.verdict ?? ""}`).join();

function Compared({ task }: { task: Task }) {
  const { t } = useTranslation("compare");
  const [asked, onChange] = useAddress();
  const first = asked.get("runs")?.split(",")[0];
  const message = asked.get("message") ?? task.runs.find((run) => run.id === first)?.message_id ?? undefined;
  const comparison = useQuery(comparisonQuery(task.id, message, versionOf(task)));
  const look = useMemo(() => comparison.data && lookAt(comparison.data, asked), [comparison.data, asked]);
  return (
    <Asked query={comparison} lines={6}>
      {(found) =>
        look ? (
          <Looked task={task} comparison={found} look={look} onChange={onChange} />
        ) : (
          <Empty title={t("no_runs")} action={<ButtonLink to={address.task(task.id)}>{t("to_task")}</ButtonLink>}>{t("no_runs_about")}</Empty>
        )
      }
    </Asked>
  );
}

interface LookedProps {
  task: Task;
  comparison: Comparison;
  look: Look;
  onChange: ChangeLook;
}

function Looked({ task, comparison, look, onChange }: LookedProps) {
  const { t } = useTranslation("compare");
  const verdict = useVerdict(task.id);
  const { run, runs, mode } = look;
  const decide = (one: ComparedRun, wanted: Verdict) => verdict.mutate({ run: one, verdict: wanted });
  const toggle = (wanted: "pinned" | "discarded") => () => decide(run, run.verdict === wanted ? null : wanted);
  useKeys({
    ...Object.fromEntries(runs.map((one, index) => [String(index + 1), () => onChange({ show: one.run_id })])),
    v: () => onChange({ mode: modes[(modes.indexOf(mode) + 1) % modes.length] as string }),
    i: toggle("pinned"),
    x: toggle("discarded"),
  });
  return (
    <>
      <div className="flex flex-wrap items-center gap-3">
        <p className={cn("text-sm text-muted", runs.length > 1 && "max-sm:hidden")}>{runs.length < 2 ? t("alone") : t("keys")}</p>
        <span className="flex-1" />
        {comparison.runs.length > 2 && <RunsChoice comparison={comparison} runs={runs} onChange={onChange} />}
        <span className="flex items-center gap-1.5">
          <Letter run={run} />
          <PullButton key={run.run_id} taskId={task.id} runId={run.run_id} size="small" because={whyNoPull(t, run)} />
        </span>
      </div>
      <Summary runs={runs} shown={run} onShow={(one) => onChange({ show: one.run_id })} onVerdict={decide} action={(one) => <PullOf run={one} />} />
      {comparison.is_cut && <p className="text-sm text-muted">{t("cut")}</p>}
      <Workspace taskId={task.id} comparison={comparison} look={look} onChange={onChange} summaries={task.runs} />
    </>
  );
}

const whyNoPull = (t: TFunction<"compare">, run: ComparedRun) =>
  isWorking(run) ? t("working", { letter: letterOf(run) }) : !run.files_changed && t("unchanged", { letter: letterOf(run) });

/** The pull request that was made of the run. */
function PullOf({ run }: { run: ComparedRun }) {
  const { t } = useTranslation("compare");
  return run.pull_url ? (
    <a href={run.pull_url} target="_blank" rel="noreferrer" className="px-1 text-xs whitespace-nowrap text-accent underline">
      {t("pull", { number: run.pull_number, state: run.pull_status })}
    </a>
  ) : null;
}

/** Which runs of the message stand beside each other. */
function RunsChoice({ comparison, runs, onChange }: Pick<LookedProps, "comparison" | "onChange"> & { runs: ComparedRun[] }) {
  const { t } = useTranslation("compare");
  const chosen = runs.map((run) => run.run_id);
  const shown = t("runs_shown", { count: runs.length, of: comparison.runs.length });
  const pick = (id: string) => {
    const next = chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id];
    if (next.length) onChange({ runs: next.join(",") });
  };
  return (
    <Choice
      label={t("choose_runs")}
      options={comparison.runs.map((run) => ({
        value: run.run_id,
        name: `${letterOf(run)} ${nameOf(run)}`,
        because: !chosen.includes(run.run_id) && chosen.length >= mostRuns ? t("most_runs", { count: mostRuns }) : undefined,
      }))}
      chosen={chosen}
      onPick={pick}
      several
      className="h-7 text-xs"
    >
      {shown}
    </Choice>
  );
}
