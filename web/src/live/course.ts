// How to go on listening after each attempt: stream or long poll, and how long to wait before it.
// Values in, values out; listen.ts does it.

export type How = "stream" | "poll";

/** How an attempt ended. */
export type Ending =
  | { kind: "heard" } // a long poll was answered
  | { kind: "rotated" } // the server asked to come again
  | { kind: "cut" } // the line broke after it had worked
  | { kind: "silent" } // no hello in time, or two heartbeats missing: something on the way keeps the stream back
  | { kind: "failed"; retryAfterMs?: number | undefined };

export interface Course {
  how: How;
  waitMs: number;
  /** Attempts in a row without an answer. */
  failures: number;
  /** No stream is tried before (clock of this machine); remembered for the origin. */
  pollUntil: number;
}

export const helloMs = 4_000;
export const silenceMs = 25_000; // two heartbeats of 10 s, and some
export const pollSeconds = 25; // under the 30 s after which front doors cut an idle line
const pollForMs = 600_000;
const firstWaitMs = 400;
const mostWaitMs = 15_000;

/** A remembered time that a changed clock has put far ahead does not count. */
export function begin(remembered: number, now: number): Course {
  const pollUntil = remembered - now <= pollForMs ? remembered : 0;
  return { how: now < pollUntil ? "poll" : "stream", waitMs: 0, failures: 0, pollUntil };
}

/** Between half of it and the whole, so that many browsers do not come at once. */
const jittered = (ms: number, random: number) => ms * (0.5 + random / 2);

export function next(course: Course, ending: Ending, now: number, random: number): Course {
  const pollUntil = ending.kind === "silent" ? now + pollForMs : course.pollUntil;
  const how = now < pollUntil ? "poll" : "stream";
  if (ending.kind !== "failed") return { how, pollUntil, failures: 0, waitMs: ending.kind === "cut" ? jittered(firstWaitMs, random) : 0 };
  const failures = course.failures + 1;
  const wait = Math.min(mostWaitMs, firstWaitMs * 2 ** Math.min(failures - 1, 10));
  return { how, pollUntil, failures, waitMs: Math.max(jittered(wait, random), ending.retryAfterMs ?? 0) };
}

export const graceMs = 1_500; // a restart of the server is not worth a word
const staleMs = 35_000; // longer than any silence of a line that works

/** Whether a page must say that what it shows may be old. cutAt: since when nothing answers. */
export const isOffline = (heardAt: number, cutAt: number | undefined, now: number) =>
  (cutAt !== undefined && now - cutAt >= graceMs) || now - heardAt > staleMs;
