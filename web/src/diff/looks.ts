// The looks of a row's lines: by their place among the lines of the hunks, or in the whole file.
import { looksOf } from "./colours";
import type { Hunk } from "./patch";
import type { FileView, LineRow } from "./rows";
import type { Look } from "./words";

interface Text {
  lines: string[];
  /** From a line's number to its place in the text. */
  at: Map<number, number>;
}

const known = new WeakMap<Hunk[], { old: Text; new: Text }>();

function textsOf(hunks: Hunk[]) {
  const before = known.get(hunks);
  if (before) return before;
  const text = (side: "old" | "new"): Text => {
    const lines = hunks.flatMap((hunk) => hunk.lines).filter((line) => line[side]);
    return { lines: lines.map((line) => line.text), at: new Map(lines.map((line, index) => [line[side], index])) };
  };
  const texts = { old: text("old"), new: text("new") };
  known.set(hunks, texts);
  return texts;
}

export function rowLooks(row: LineRow, view: FileView): { old?: Look[] | undefined; new?: Look[] | undefined } {
  const { path, hunks } = row.file;
  if (row.extra) {
    const looks = view.text && row.new ? looksOf(path, view.text)?.[row.new.new - 1] : undefined;
    return { old: looks, new: looks };
  }
  if (!hunks) return {};
  const texts = textsOf(hunks);
  const find = (side: "old" | "new") => {
    const number = row[side]?.[side];
    const index = number ? texts[side].at.get(number) : undefined;
    return index === undefined ? undefined : looksOf(row.file.old_path && side === "old" ? row.file.old_path : path, texts[side].lines)?.[index];
  };
  return { old: find("old"), new: find("new") };
}
