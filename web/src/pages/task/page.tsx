import { useQuery } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import type { Schemas } from "@/api/client";
import { taskQuery } from "@/api/queries";
import { useKeys } from "@/lib/keys";
import { stepFocus } from "@/lib/step";
import { Page } from "@/ui/page";
import { Asked, Empty } from "@/ui/state";
import { FollowUp } from "./follow-up";
import { Pulls, RepoLine, TaskMenu } from "./head";
import type { RunSummary } from "./run-card";
import { Round } from "./timeline";

type Task = Schemas["TaskDetail"];
const none: RunSummary[] = [];

/** Runs by message, oldest first; those without a message are under the first one. */
function byMessage(task: Task): Map<string, RunSummary[]> {
  const found = new Map<string, RunSummary[]>();
  const first = task.messages[0]?.id ?? "";
  for (const run of task.runs.toReversed()) {
    const id = run.message_id ?? first;
    found.set(id, [...(found.get(id) ?? []), run]);
  }
  return found;
}

export default function TaskPage() {
  const { taskId = "" } = useParams();
  const { t } = useTranslation("task");
  const task = useQuery(taskQuery(taskId));
  return (
    <Page title={task.data ? task.data.title || t("common:untitled") : t("common:place.task")} about={<RepoLine task={task.data} />} actions={task.data && <><Pulls task={task.data} /><TaskMenu task={task.data} /></>} wide>
      <Asked query={task} lines={6}>{(found) => <Conversation key={found.id} task={found} />}</Asked>
    </Page>
  );
}

function Conversation({ task }: { task: Task }) {
  const { t } = useTranslation("task");
  const [chosen, setChosen] = useState<string[]>([]);
  const [base, setBase] = useState<RunSummary>();
  const list = useRef<HTMLOListElement>(null);
  const area = useRef<HTMLDivElement>(null);
  const runs = useMemo(() => byMessage(task), [task]);
  useKeys({ j: () => stepFocus(list.current, "a[data-run]", 1), k: () => stepFocus(list.current, "a[data-run]", -1) });
  const toggle = (id: string) => setChosen((now) => (now.includes(id) ? now.filter((one) => one !== id) : [...now, id]));
  const build = (run: RunSummary) => {
    setBase(run);
    area.current?.querySelector("textarea")?.focus();
  };
  return (
    <>
      {task.messages.length === 0 ? (
        <Empty title={t("no_messages")}>{t("no_messages_about")}</Empty>
      ) : (
        <ol ref={list} aria-label={t("conversation")} className="flex flex-col gap-8">
          {task.messages.map((message) => (
            <Round key={message.id} message={message} runs={runs.get(message.id) ?? none} taskId={task.id} chosen={chosen} onChoose={toggle} onContinue={build} />
          ))}
        </ol>
      )}
      <FollowUp taskId={task.id} runs={task.runs} base={base} onBase={setBase} area={area} />
    </>
  );
}
