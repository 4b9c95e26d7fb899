// Which tasks that were opened in this browser have results that nobody looked at yet. The tab that leads
// finds out; all tabs see it.
import { ApiError, OfflineError, client, got, type Schemas } from "@/api/client";
import { shared } from "@/lib/shared";
import { isLeader, onNews } from "./live";

type Task = Schemas["TaskDetail"];

export interface Ready {
  id: string;
  title: string;
  /** Of the newest message. */
  runs: number;
  succeeded: number;
}

const mostFollowed = 50; // tasks, newest last

const listOf = <T>(kept: unknown, isOne: (one: unknown) => one is T): T[] => (Array.isArray(kept) ? kept.filter(isOne) : []);
const isText = (one: unknown): one is string => typeof one === "string";
const isReady = (one: unknown): one is Ready => typeof one === "object" && one !== null && "id" in one && "title" in one && "runs" in one;

/** Tasks whose runs were still open when they were last looked at. */
const followed = shared("dursor.mine.followed", (kept) => listOf(kept, isText));
export const ready = shared("dursor.mine.ready", (kept) => listOf(kept, isReady));

const isOpen = (run: Task["runs"][number]) => run.status === "queued" || run.status === "running";

/** The results of a task that has some and waits for no more. */
export function resultOf(task: Task): Ready | undefined {
  if (!task.runs.length || task.runs.some(isOpen)) return undefined;
  const message = task.runs[0]?.message_id; // newest first
  const runs = task.runs.filter((run) => run.message_id === message);
  return { id: task.id, title: task.title ?? "", runs: runs.length, succeeded: runs.filter((run) => run.status === "succeeded").length };
}

const without = (ids: string[], id: string) => ids.filter((one) => one !== id);

/** Its runs were just started here. */
export const follow = (id: string) => followed.set([...without(followed.get(), id), id].slice(-mostFollowed));

/** Somebody looks at it now: what is there is seen, what is still to come is followed. */
export function look(task: Task) {
  const open = task.runs.some(isOpen);
  if (open !== followed.get().includes(task.id)) {
    if (open) follow(task.id);
    else followed.set(without(followed.get(), task.id));
  }
  if (ready.get().some((one) => one.id === task.id)) ready.set(ready.get().filter((one) => one.id !== task.id));
}

/** From now on, while this tab leads, followed tasks are looked after. */
export function watchFollowed() {
  const reading = new Set<string>();
  const again = new Set<string>();

  const check = async (id: string): Promise<void> => {
    if (reading.has(id)) return void again.add(id);
    reading.add(id);
    try {
      // Not from what queries hold: a reading that is on its way there may be older than the news.
      const result = resultOf(await got(client.GET("/v1/tasks/{task_id}", { params: { path: { task_id: id } } })));
      if (result && followed.get().includes(id)) {
        followed.set(without(followed.get(), id));
        ready.set([...ready.get().filter((one) => one.id !== id), result]);
      }
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) followed.set(without(followed.get(), id));
      else if (!(error instanceof ApiError || error instanceof OfflineError)) throw error;
      // Cannot be read now: the next news of it, or the return of the line, asks again.
    } finally {
      reading.delete(id);
    }
    if (again.delete(id)) await check(id);
  };

  onNews((news) => {
    if (!isLeader()) return;
    const told = news === "reset" ? followed.get() : followed.get().filter((id) => news.some((one) => one.kind === "task" && one.id === id));
    for (const id of told) void check(id);
  });
}
