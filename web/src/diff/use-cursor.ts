// The row that the keyboard acts on: arrows move it, [ and ] go from change to change, Enter acts.
import { useMemo, useState, type KeyboardEvent } from "react";
import type { Row } from "./rows";

const changed = (row: Row | undefined) => row?.type === "line" && (row.old?.kind === "removed" || row.new?.kind === "added");

/** The first changed line after others. */
const begins = (rows: Row[], index: number) => changed(rows[index]) && !changed(rows[index - 1]);

interface Moves {
  scroll: (index: number) => void;
  page: number;
  act: (row: Row) => void;
  comment: (row: Row, side?: "old") => void;
}

export function useCursor(rows: Row[]) {
  const [key, setKey] = useState("");
  const indexes = useMemo(() => new Map(rows.map((row, index) => [row.key, index])), [rows]);
  const current = indexes.get(key) ?? 0;

  function keys({ scroll, page, act, comment }: Moves) {
    const move = (index: number) => {
      const to = Math.max(0, Math.min(rows.length - 1, index));
      setKey(rows[to]?.key ?? "");
      scroll(to);
    };
    const leap = (by: 1 | -1) => {
      let index = current + by;
      while (index >= 0 && index < rows.length && !begins(rows, index)) index += by;
      if (rows[index]) move(index);
    };
    const row = rows[current];
    const actions: Record<string, () => void> = {
      ArrowDown: () => move(current + 1),
      ArrowUp: () => move(current - 1),
      PageDown: () => move(current + page),
      PageUp: () => move(current - page),
      Home: () => move(0),
      End: () => move(rows.length - 1),
      "]": () => leap(1),
      "[": () => leap(-1),
      Enter: () => row && act(row),
      " ": () => row && act(row),
      c: () => row && comment(row),
      o: () => row && comment(row, "old"),
    };
    return (event: KeyboardEvent) => {
      const action = event.ctrlKey || event.metaKey || event.altKey ? undefined : actions[event.key];
      if (!action || event.target !== event.currentTarget) return;
      event.preventDefault();
      action();
    };
  }
  return { current, indexes, setKey, keys };
}
