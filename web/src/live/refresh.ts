// Reads again what is shown when it has become old. News come faster than answers: what is waiting is kept
// once, waits while it is being read, and in a tab that nobody sees waits until it is seen.
import { hashKey, type QueryClient } from "@tanstack/react-query";
import { concerns, type Concern } from "./concern";
import { currentState, onNews, onState } from "./live";

const mostWaiting = 200; // concerns; more, and everything is read again
const restMs = 400; // between two readings of the same
const gatherMs = 60; // news that come together are one reading

/** What waits to be read again. */
export function waitingRoom() {
  const waiting = new Map<string, Concern>();
  const readAt = new Map<string, number>();
  let all = false;
  return {
    add(concern: Concern) {
      if (!all) waiting.set(`${concern.exact ? "=" : "*"}${hashKey(concern.queryKey)}`, concern);
      if (waiting.size > mostWaiting) this.addAll();
    },
    addAll() {
      all = true;
      waiting.clear();
    },
    isEmpty: () => !all && waiting.size === 0,
    /** What may be read now, or "all"; the rest stays. */
    take(now: number, isBusy: (concern: Concern) => boolean): Concern[] | "all" {
      for (const [key, at] of readAt) if (now - at >= restMs) readAt.delete(key);
      if (all) {
        all = false;
        return "all";
      }
      const due = [...waiting].filter(([key, concern]) => !readAt.has(key) && !isBusy(concern));
      for (const [key] of due) {
        waiting.delete(key);
        readAt.set(key, now);
      }
      return due.map(([, concern]) => concern);
    },
  };
}

/** From now on what these queries hold is kept fresh. */
export function keepFresh(queries: QueryClient) {
  const room = waitingRoom();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const read = () => {
    timer = undefined;
    if (document.hidden || room.isEmpty()) return;
    const due = room.take(Date.now(), (concern) => queries.isFetching(concern) > 0);
    if (due === "all") void queries.invalidateQueries();
    else for (const concern of due) void queries.invalidateQueries(concern);
    soon();
  };
  const soon = () => {
    if (!document.hidden && !room.isEmpty()) timer ??= setTimeout(read, gatherMs);
  };

  onNews((news) => {
    if (news === "reset") room.addAll();
    else for (const concern of news.flatMap(concerns)) room.add(concern);
    soon();
  });
  let before = currentState().kind;
  onState(() => {
    const now = currentState().kind;
    if (before === "offline" && now === "live") room.addAll();
    before = now;
    soon();
  });
  document.addEventListener("visibilitychange", read);
}
