// The one line of a browser to the server: a stream, or long polls where streams are kept back. Runs in the
// tab that leads; course.ts decides how to go on, this does it.
import type { Schemas } from "@/api/client";
import type { News } from "./concern";
import { begin, helloMs, next, pollSeconds, silenceMs, type Course, type Ending } from "./course";
import { eventReader, type Heard } from "./sse";

export interface Pulse {
  /** Until then the server is known to have told everything. */
  heardAt: number;
  /** Since then there is no line. */
  cutAt?: number | undefined;
}

export interface Ears {
  pulse: (pulse: Pulse) => void;
  news: (news: News[]) => void;
  /** What was read may be old in every part. */
  reset: () => void;
}

export interface Line {
  /** Ends when the signal says so. */
  run: (signal: AbortSignal) => Promise<void>;
  /** Something happened (shown again, network back): do not wait, and do not trust a quiet line. */
  nudge: () => void;
}

const path = "/v1/events";
const placeKey = "dursor.mine.place";
const pollUntilKey = "dursor.live.poll_until";
const beatMs = 12_000; // a line that is quiet for longer is tried anew when nudged
const answerMs = 10_000; // for a long poll's answer, beyond its wait
const pulseMs = 2_000;
const mostBytes = 4 << 20; // of one event
const lateMs = () => (document.hidden ? 70_000 : 5_000); // how late timers fire without the machine having slept

export function line(ears: Ears): Line {
  let heardAt = Date.now();
  let cutAt: number | undefined;
  let pulsedAt = 0;
  let nudge = () => {};

  const pulse = () => ears.pulse({ heardAt, cutAt });
  const heard = () => {
    const back = cutAt !== undefined;
    heardAt = Date.now();
    cutAt = undefined;
    if (!back && heardAt - pulsedAt < pulseMs) return;
    pulsedAt = heardAt;
    pulse();
  };
  const arrived = (place: string, news: News[], reset: boolean) => {
    heard();
    if (news.length) ears.news(news);
    if (reset) ears.reset();
    if (place) localStorage.setItem(placeKey, place); // after it was told: better twice than never
  };

  const attempt = async (how: Course["how"], signal: AbortSignal): Promise<Ending> => {
    const place = localStorage.getItem(placeKey) ?? "";
    const tried = new AbortController();
    let ending: Ending | undefined;
    const end = (said: Ending) => {
      ending ??= said;
      tried.abort();
    };
    const watch = watchdog((late) => end({ kind: how === "stream" ? (late ? "cut" : "silent") : "failed" }));
    nudge = () => Date.now() - heardAt > (how === "stream" ? beatMs : pollSeconds * 1000) && end({ kind: "cut" });
    const outer = () => end({ kind: "cut" });
    signal.addEventListener("abort", outer);
    try {
      if (how === "stream") await stream(place, tried.signal, watch, arrived, heard, end);
      else await poll(place, tried.signal, watch, arrived);
      return ending ?? { kind: how === "stream" ? "cut" : "heard" };
    } catch (error) {
      if (error instanceof Refused) return refused(error, how, arrived);
      return ending ?? { kind: "failed" };
    } finally {
      signal.removeEventListener("abort", outer);
      watch.stop();
      tried.abort();
    }
  };

  return {
    nudge: () => nudge(),
    run: async (signal) => {
      let course = begin(Number(localStorage.getItem(pollUntilKey)), Date.now());
      while (!signal.aborted) {
        const ending = await attempt(course.how, signal);
        if (ending.kind !== "heard" && ending.kind !== "rotated") {
          cutAt ??= Date.now();
          pulse();
        }
        course = next(course, ending, Date.now(), Math.random());
        localStorage.setItem(pollUntilKey, String(course.pollUntil));
        await pause(course.waitMs, signal, (wake) => (nudge = wake));
      }
    },
  };
}

type Arrived = (place: string, news: News[], reset: boolean) => void;
type Watch = ReturnType<typeof watchdog>;

/** Barks when it is not fed for as long as it was last told; late: the machine probably slept meanwhile. */
function watchdog(bark: (late: boolean) => void) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = () => clearTimeout(timer);
  const feed = (ms: number) => {
    const due = Date.now() + ms;
    stop();
    timer = setTimeout(() => bark(Date.now() - due > lateMs()), ms);
  };
  return { feed, stop };
}

const pause = (ms: number, signal: AbortSignal, wakes: (wake: () => void) => void) =>
  new Promise<void>((resolve) => {
    if (signal.aborted || !ms) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      wakes(() => {});
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
    wakes(done);
  });

class Refused extends Error {
  constructor(readonly status: number, readonly retryAfterMs: number | undefined) {
    super(`refused with ${status}`);
  }
}

async function ask(address: string, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
  const response = await fetch(address, { headers, signal, cache: "no-store" });
  const retryAfter = Number(response.headers.get("Retry-After"));
  if (!response.ok) throw new Refused(response.status, retryAfter > 0 ? retryAfter * 1000 : undefined);
  return response;
}

/** A place that is no longer understood is forgotten; who is no longer signed in finds out by reading again;
 * where there are streams enough, a long poll may still find room. */
function refused({ status, retryAfterMs }: Refused, how: Course["how"], arrived: Arrived): Ending {
  if (status === 429 && how === "stream") return { kind: "silent" };
  if (status === 400) {
    localStorage.removeItem(placeKey);
    arrived("", [], true);
    return { kind: "cut" };
  }
  if (status === 401) arrived("", [], true);
  return { kind: "failed", retryAfterMs: retryAfterMs ?? (status === 401 ? answerMs : undefined) };
}

async function stream(place: string, signal: AbortSignal, watch: Watch, arrived: Arrived, heard: () => void, end: (ending: Ending) => void) {
  watch.feed(helloMs);
  const response = await ask(path, { Accept: "text/event-stream", ...(place && { "Last-Event-ID": place }) }, signal);
  const reader = response.body?.getReader();
  const text = new TextDecoder();
  const read = eventReader();
  let greeted = false;
  for (let size = 0; reader && size < mostBytes; ) {
    const { done, value } = await reader.read();
    if (done) return;
    const events = read(text.decode(value, { stream: true }));
    size = events.length ? 0 : size + value.length;
    const fresh = events.some((one) => one.event === "hello") && !place;
    greeted ||= events.length > 0;
    if (!greeted) continue;
    watch.feed(silenceMs);
    if (!events.length) heard();
    else arrived(events.at(-1)?.id ?? "", events.filter(isNews).map(newsOf), fresh || events.some((one) => one.event === "reset"));
    if (events.some((one) => one.event === "rotate")) return end({ kind: "rotated" });
  }
}

const told = new Set(["hello", "reset", "rotate", "message"]);
const isNews = (heard: Heard) => !told.has(heard.event);
const newsOf = (heard: Heard) => JSON.parse(heard.data) as News;

/** Without a place only a place is asked for. */
async function poll(place: string, signal: AbortSignal, watch: Watch, arrived: Arrived) {
  const seconds = place ? pollSeconds : 0;
  watch.feed(seconds * 1000 + answerMs);
  const asked = new URLSearchParams({ wait: String(seconds), ...(place && { after: place }) });
  const response = await ask(`${path}?${asked.toString()}`, { Accept: "application/json" }, signal);
  const page = (await response.json()) as Schemas["NewsPage"];
  arrived(page.cursor, page.news, !place || page.is_reset);
}
