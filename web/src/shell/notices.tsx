// Results that nobody looked at yet: their number in the title, a notice on other pages, and outside the
// window for who wants it.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { useMatch, useNavigate } from "react-router";
import { toast } from "sonner";
import { taskQuery } from "@/api/queries";
import { offeredMs } from "@/lib/notice";
import { useShared } from "@/lib/shared";
import { setWaiting } from "@/lib/title";
import { isLeader } from "@/live/live";
import { look, ready, type Ready } from "@/live/ready";
import { address } from "@/routes";
import { mayNotify } from "./notice-switch";

const watchSight = (watcher: () => void) => {
  document.addEventListener("visibilitychange", watcher);
  return () => document.removeEventListener("visibilitychange", watcher);
};
const useSeen = () => useSyncExternalStore(watchSight, () => !document.hidden);

/** The task of the page that is open is looked at while the window can be seen. */
function useLook(seen: boolean) {
  const id = useMatch("/tasks/:taskId/*")?.params.taskId;
  const task = useQuery({ ...taskQuery(id ?? ""), enabled: Boolean(id) });
  useEffect(() => {
    if (seen && task.data) look(task.data);
  }, [seen, task.data]);
  return id;
}

const aboutOf = (one: Ready) => ({ count: one.runs, succeeded: one.succeeded });

export function Notices() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const waiting = useShared(ready);
  const seen = useSeen();
  const here = useLook(seen);
  const told = useRef(new Set(waiting.map((one) => one.id))); // what waited before this page was opened is no news
  const notified = useRef(new Set(waiting.map((one) => one.id)));

  useEffect(() => setWaiting(waiting.length), [waiting]);
  useEffect(() => {
    const ids = new Set(waiting.map((one) => one.id));
    for (const id of told.current) {
      if (ids.has(id)) continue;
      told.current.delete(id);
      notified.current.delete(id);
      toast.dismiss(id);
    }
    for (const one of waiting) {
      const open = () => void navigate(address.task(one.id));
      const title = t("ready.title", { title: one.title || t("untitled") });
      const description = t("ready.about", aboutOf(one));
      if (!notified.current.has(one.id)) {
        notified.current.add(one.id);
        if (isLeader() && mayNotify()) notify(one.id, title, description, open);
      }
      if (!seen || one.id === here || told.current.has(one.id)) continue;
      told.current.add(one.id);
      toast.success(title, { id: one.id, description, duration: offeredMs, action: { label: t("ready.open"), onClick: open } });
    }
  }, [waiting, seen, here, t, navigate]);
  return null;
}

/** One for each task, however many tabs; nothing while somebody looks at this window. */
function notify(tag: string, title: string, body: string, open: () => void) {
  if (document.hasFocus()) return;
  const notice = new Notification(title, { tag, body, icon: "/favicon.svg" });
  notice.onclick = () => {
    window.focus();
    open();
    notice.close();
  };
}
