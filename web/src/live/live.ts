// What changed on the server, told to every tab of this browser by the one tab that listens. That tab holds
// a lock; when it goes, the next one holds it and goes on from the last place.
import type { News } from "./concern";
import { graceMs, isOffline } from "./course";
import { line, type Pulse } from "./listen";

/** since: what is shown is as of then. */
export type LiveState = { kind: "connecting" } | { kind: "live" } | { kind: "offline"; since: number };

type Told = { kind: "news"; news: News[] } | { kind: "reset" } | { kind: "pulse"; pulse: Pulse } | { kind: "ask"; nudge: boolean };
type NewsWatcher = (news: News[] | "reset") => void;

const lockName = "dursor.live";
const answerMs = 3_000; // for the leader to answer another tab

const stateWatchers = new Set<() => void>();
const newsWatchers = new Set<NewsWatcher>();
let state: LiveState = { kind: "connecting" };
let pulse: Pulse | undefined;
let leads = false;
let takeOver: () => void = () => {};

const channel = new BroadcastChannel(lockName);

function setState(next: LiveState) {
  if (next.kind === state.kind && (next.kind !== "offline" || next.since === (state as typeof next).since)) return;
  state = next;
  for (const watcher of stateWatchers) watcher();
}

function show() {
  if (!pulse) return;
  const offline = isOffline(pulse.heardAt, pulse.cutAt, Date.now());
  setState(offline ? { kind: "offline", since: pulse.heardAt } : { kind: "live" });
}

function hear(told: Told) {
  if (told.kind === "news") for (const watcher of newsWatchers) watcher(told.news);
  if (told.kind === "reset") for (const watcher of newsWatchers) watcher("reset");
  if (told.kind === "pulse") {
    pulse = told.pulse;
    show();
    if (pulse.cutAt !== undefined) setTimeout(show, graceMs + 1);
  }
  if (told.kind === "ask" && leads) {
    if (told.nudge) ear.nudge();
    if (pulse) channel.postMessage({ kind: "pulse", pulse } satisfies Told);
  }
}

function tell(told: Told) {
  hear(told);
  channel.postMessage(told);
}

const ear = line({
  pulse: (now) => tell({ kind: "pulse", pulse: now }),
  news: (news) => tell({ kind: "news", news }),
  reset: () => tell({ kind: "reset" }),
});

const isAbort = (error: unknown) => error instanceof DOMException && error.name === "AbortError";

/** Leads whenever the lock is ours, and waits for it again when another tab took it. */
async function stand() {
  for (let steal = false; ; ) {
    const turn = new AbortController();
    let taking = false;
    takeOver = () => {
      taking = true;
      turn.abort();
    };
    try {
      await navigator.locks.request(lockName, steal ? { steal } : { signal: turn.signal }, () => {
        leads = true;
        return ear.run(turn.signal);
      });
    } catch (error) {
      if (!isAbort(error)) throw error;
    }
    leads = false;
    turn.abort();
    steal = taking;
  }
}

/** Asks the leader for a sign of life; one that is frozen or stuck is replaced. */
function ask(nudge: boolean) {
  if (leads) return nudge ? ear.nudge() : undefined;
  const due = Date.now() + answerMs;
  const answered = () => {
    clearTimeout(timer);
    channel.removeEventListener("message", answered);
  };
  const timer = setTimeout(() => {
    answered();
    const slept = Date.now() - due > answerMs;
    if (!slept && !leads && !document.hidden) takeOver();
  }, answerMs);
  channel.addEventListener("message", answered);
  channel.postMessage({ kind: "ask", nudge } satisfies Told);
}

/** Something is different (shown again, network back, wanted by a person): look at once. */
export function lookNow() {
  show();
  ask(true);
}

let started = false;

export function start() {
  if (started) return;
  started = true;
  channel.addEventListener("message", ({ data }: MessageEvent<Told>) => hear(data));
  document.addEventListener("visibilitychange", () => !document.hidden && lookNow());
  addEventListener("online", lookNow);
  addEventListener("offline", lookNow);
  setInterval(() => {
    show();
    if (!document.hidden && state.kind !== "live") ask(false);
  }, 2 * answerMs);
  void stand();
  ask(false);
}

export const currentState = () => state;
export const isLeader = () => leads;

export function onState(watcher: () => void) {
  stateWatchers.add(watcher);
  return () => void stateWatchers.delete(watcher);
}

/** "reset": whatever was read may be old. */
export function onNews(watcher: NewsWatcher) {
  newsWatchers.add(watcher);
  return () => void newsWatchers.delete(watcher);
}
