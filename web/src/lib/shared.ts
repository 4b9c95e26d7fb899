// A value that all tabs of this browser share, also after a reload.
import { useSyncExternalStore } from "react";

export interface Shared<T> {
  get: () => T;
  set: (value: T) => void;
  watch: (watcher: () => void) => () => void;
}

/** read makes the value out of what was kept, which may be nothing or of another version; always valid. */
export function shared<T>(key: string, read: (kept: unknown) => T): Shared<T> {
  const watchers = new Set<() => void>();
  let text: string | null | undefined;
  let value: T;

  const get = () => {
    const kept = localStorage.getItem(key);
    if (text === undefined || kept !== text) {
      text = kept;
      value = read(parsed(kept));
    }
    return value;
  };
  const changed = () => {
    for (const watcher of watchers) watcher();
  };
  globalThis.addEventListener?.("storage", (event) => (event.key === key || event.key === null) && changed());
  return {
    get,
    set: (next) => {
      localStorage.setItem(key, JSON.stringify(next));
      changed();
    },
    watch: (watcher) => {
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
  };
}

function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}

export const useShared = <T>(one: Shared<T>) => useSyncExternalStore(one.watch, one.get);
