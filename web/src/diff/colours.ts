// The looks of lines, asked of the worker when their file comes into view and kept for a while.
import { useSyncExternalStore } from "react";
import type { Answer, Question } from "./colours.worker";
import { languageOf } from "./languages";
import type { Look } from "./words";

const largest = 400_000; // characters of one text; larger ones stay plain
const kept = 120; // texts

let worker: Worker | undefined;
let lastId = 0;
const waiting = new Map<number, (lines: Look[][]) => void>();

function ask(language: string, text: string): Promise<Look[][]> {
  if (!worker) {
    worker = new Worker(new URL("./colours.worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      waiting.get(data.id)?.(data.lines);
      waiting.delete(data.id);
    };
  }
  const id = ++lastId;
  worker.postMessage({ id, language, text } satisfies Question);
  return new Promise((resolve) => waiting.set(id, resolve));
}

const known = new Map<string[], Look[][]>();
const watchers = new Set<() => void>();
let news = 0;

/** The looks of each line of a text, known by its array; none yet on the first call. */
export function looksOf(path: string, lines: string[]): Look[][] | undefined {
  const looks = known.get(lines);
  if (looks) return looks;
  known.set(lines, []); // asked for
  if (known.size > kept) known.delete(known.keys().next().value as string[]);
  const language = languageOf(path);
  const text = lines.join("\n");
  if (!language || text.length > largest) return undefined;
  void ask(language, text).then((answer) => {
    known.set(lines, answer);
    news++;
    for (const watcher of watchers) watcher();
  });
  return undefined;
}

const watch = (watcher: () => void) => {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
};

/** Draws again when colours arrive. */
export const useColours = () => useSyncExternalStore(watch, () => news);
