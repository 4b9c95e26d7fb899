import { useQuery } from "@tanstack/react-query";
import { startTransition, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { taskQuery } from "@/api/queries";
import { useDraft } from "@/lib/drafts";
import { useKeys } from "@/lib/keys";
import { stepFocus } from "@/lib/step";
import { Page } from "@/ui/page";
import { Asked, Empty } from "@/ui/state";
import { FollowUp } from "./follow-up";
import { Pulls, RepoLine, TaskMenu } from "./head";
import { byMessage, type RunSummary, type Task } from "./run-state";
import { Round, RoundPlace } from "./timeline";

const none: RunSummary[] = [];
const roundsAtOnce = 5; // drawn together

export default function TaskPage() {
  const { taskId = "" } = useParams();
  const { t } = useTranslation("task");
  const task = useQuery(taskQuery(taskId));
  return (
    <Page title={task.data ? task.data.title || t("common:untitled") : t("common:place.task")} about={<RepoLine task={task.data} />} actions={task.data && <><Pulls task={task.data} /><TaskMenu key={task.data.id} task={task.data} /></>} wide>
      <Asked query={task} lines={6}>{(found) => <Conversation key={found.id} task={found} />}</Asked>
    </Page>
  );
}

/** The newest message is shown when the task is opened, and when one is sent from here; nothing else moves the page. */
function useNewest(messages: Task["messages"]) {
  const list = useRef<HTMLOListElement>(null);
  const shown = useRef(1); // one message needs no scrolling
  const newest = messages.at(-1);
  const ours = newest?.role === "user";
  useLayoutEffect(() => {
    if (messages.length > shown.current && ours) list.current?.lastElementChild?.scrollIntoView({ block: "start" });
    shown.current = messages.length;
  }, [messages.length, ours]);
  return list;
}

/** The index of the first round that is drawn: the last ones at once, those before them little by little. */
function useDrawnFrom(count: number) {
  const [from, setFrom] = useState(Math.max(0, count - roundsAtOnce));
  useEffect(() => {
    if (from > 0) startTransition(() => setFrom(Math.max(0, from - roundsAtOnce)));
  }, [from]);
  return from;
}

function Conversation({ task }: { task: Task }) {
  const { t } = useTranslation("task");
  const [chosen, setChosen] = useState<string[]>([]);
  const [baseId, setBaseId] = useDraft(`task.${task.id}.base`);
  const list = useNewest(task.messages);
  const drawnFrom = useDrawnFrom(task.messages.length);
  const area = useRef<HTMLDivElement>(null);
  const runs = useMemo(() => byMessage(task), [task]);
  useKeys({ j: () => stepFocus(list.current, "a[data-run]", 1), k: () => stepFocus(list.current, "a[data-run]", -1) });
  const toggle = useCallback((id: string) => setChosen((now) => (now.includes(id) ? now.filter((one) => one !== id) : [...now, id])), []);
  const build = useCallback(
    (runId: string) => {
      setBaseId(runId);
      area.current?.querySelector("textarea")?.focus();
    },
    [setBaseId],
  );
  return (
    <>
      {task.messages.length === 0 ? (
        <Empty title={t("no_messages")}>{t("no_messages_about")}</Empty>
      ) : (
        <ol ref={list} aria-label={t("conversation")} className="flex flex-col gap-8">
          {task.messages.map((message, index) => {
            if (index < drawnFrom) return <RoundPlace key={message.id} />;
            const ours = runs.get(message.id) ?? none;
            const picked = ours.filter((run) => chosen.includes(run.id)).map((run) => run.id).join(" ");
            return <Round key={message.id} message={message} runs={ours} taskId={task.id} chosen={picked} isLast={index === task.messages.length - 1} onChoose={toggle} onContinue={build} />;
          })}
        </ol>
      )}
      <FollowUp task={task} baseId={baseId} onBase={setBaseId} area={area} />
    </>
  );
}
