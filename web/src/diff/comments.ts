// Comments on lines, kept in this browser until they are sent together as one message of the task.
import { useSyncExternalStore } from "react";
import { readDraft, writeDraft } from "@/lib/drafts";

export type Side = "old" | "new";

export interface LineComment {
  id: string;
  runId: string;
  path: string;
  side: Side;
  line: number;
  /** The line itself, so that the message can quote it. */
  quote: string;
  text: string;
  /** It is still being written. */
  open: boolean;
}

const nameOf = (taskId: string) => `task.${taskId}.comments`;
const watchers = new Set<() => void>();
let read = { json: "", comments: [] as LineComment[] };

function commentsOf(taskId: string): LineComment[] {
  const json = readDraft(nameOf(taskId));
  if (json !== read.json) read = { json, comments: json ? (JSON.parse(json) as LineComment[]) : [] };
  return json ? read.comments : none;
}

const none: LineComment[] = [];

const watch = (watcher: () => void) => {
  watchers.add(watcher);
  addEventListener("storage", watcher); // another tab wrote
  return () => {
    watchers.delete(watcher);
    removeEventListener("storage", watcher);
  };
};

function keep(taskId: string, comments: LineComment[]) {
  writeDraft(nameOf(taskId), comments.length ? JSON.stringify(comments) : "");
  for (const watcher of watchers) watcher();
}

export interface Comments {
  all: LineComment[];
  /** Its id. */
  begin: (on: Pick<LineComment, "runId" | "path" | "side" | "line" | "quote">) => string;
  change: (id: string, change: Partial<Pick<LineComment, "text" | "open">>) => void;
  remove: (ids: string[]) => void;
}

export function useComments(taskId: string): Comments {
  const all = useSyncExternalStore(watch, () => commentsOf(taskId));
  return {
    all,
    begin: (on) => {
      const id = crypto.randomUUID();
      keep(taskId, [...commentsOf(taskId), { ...on, id, text: "", open: true }]);
      return id;
    },
    change: (id, change) => keep(taskId, commentsOf(taskId).map((one) => (one.id === id ? { ...one, ...change } : one))),
    remove: (ids) => keep(taskId, commentsOf(taskId).filter((one) => !ids.includes(one.id))),
  };
}
