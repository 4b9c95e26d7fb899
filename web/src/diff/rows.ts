// The rows of a difference, one after the other: heads of files, lines, gaps between them, notes, comments.
import type { ChangedFile } from "./changes";
import type { LineComment, Side } from "./comments";
import type { Hunk, Line } from "./patch";

export type Layout = "unified" | "split";

/** What the reader did to a file. */
export interface FileView {
  closed?: boolean;
  /** Shown though it is huge. */
  anyway?: boolean;
  /** The whole file, loaded for more context. */
  text?: string[];
  /** The file's lines, loaded alone. */
  hunks?: Hunk[];
  /** How many lines of the gap before hunk N are shown at its top and at its foot. */
  revealed?: Record<number, { top: number; foot: number }>;
}

export interface Gap {
  /** The gap before this hunk; after the last one, their number. */
  index: number;
  /** Lines that are not shown; null when nobody knows yet how long the file is. */
  hidden: number | null;
}

export type Note = "binary" | "renamed" | "mode" | "type" | "empty" | "huge" | "absent";

interface In {
  key: string;
  file: ChangedFile;
}

export interface LineRow extends In {
  type: "line";
  old?: Line | undefined;
  new?: Line | undefined;
  /** The line that this one took the place of, or that took its place: for the marks of words. */
  pair?: Line | undefined;
  /** Its place in the whole file, for lines that only the loaded text knows. */
  extra?: boolean;
}

export type Row =
  | (In & { type: "file"; open: boolean })
  | (In & { type: "note"; note: Note })
  | (In & { type: "gap"; gap: Gap; about: string })
  | LineRow
  | (In & { type: "unended"; side: Side | "both" })
  | (In & { type: "comment"; comment: LineComment });

export const hugeLines = 3_000; // of a change; longer ones wait behind "Show anyway"

export const linesIn = (hunks: Hunk[]) => hunks.reduce((sum, hunk) => sum + hunk.lines.length, 0);

const sideLength = (hunk: Hunk) => hunk.lines.reduce((sum, line) => sum + (line.kind === "removed" ? 0 : 1), 0);
/** Git counts from the line before when a side has no lines. */
const firstNew = (hunk: Hunk) => (sideLength(hunk) ? hunk.newStart : hunk.newStart + 1);

/** File, link or submodule: the first digits of a mode as git writes it. */
const kindOf = (mode: string) => mode.slice(0, -4);

function notes(file: ChangedFile): Note[] {
  const list: Note[] = [];
  if (file.status === "renamed") list.push("renamed");
  if (file.old_mode && file.new_mode && file.old_mode !== file.new_mode) list.push(kindOf(file.old_mode) === kindOf(file.new_mode) ? "mode" : "type");
  if (file.is_binary) list.push("binary");
  else if (!file.hunks) list.push("absent");
  else if (!file.hunks.length && !list.length) list.push("empty");
  return list;
}

/** Removed lines beside the added ones that follow them. */
function pairs(lines: Line[]): { old?: Line; new?: Line }[] {
  const rows: { old?: Line; new?: Line }[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] as Line;
    if (line.kind === "same") {
      rows.push({ old: line, new: line });
      at++;
      continue;
    }
    const start = at;
    while (lines[at]?.kind === "removed") at++;
    const middle = at;
    while (lines[at]?.kind === "added") at++;
    const size = Math.max(middle - start, at - middle);
    for (let n = 0; n < size; n++) {
      const row: { old?: Line; new?: Line } = {};
      if (start + n < middle) row.old = lines[start + n] as Line;
      if (middle + n < at) row.new = lines[middle + n] as Line;
      rows.push(row);
    }
  }
  return rows;
}

class Builder {
  readonly rows: Row[] = [];

  constructor(
    private readonly file: ChangedFile,
    private readonly layout: Layout,
    private readonly comments: LineComment[],
  ) {}

  private key(rest: string) {
    return `${this.file.path} ${rest}`;
  }

  note(note: Note) {
    this.rows.push({ type: "note", key: this.key(note), file: this.file, note });
  }

  gap(gap: Gap, about: string) {
    this.rows.push({ type: "gap", key: this.key(`gap ${gap.index}`), file: this.file, gap, about });
  }

  line(old: Line | undefined, now: Line | undefined, pair?: Line, extra = false) {
    const { file } = this;
    this.rows.push({ type: "line", key: this.key(`${old?.old ?? ""}-${now?.new ?? ""}`), file, old, new: now, pair, extra });
    const lastOld = old?.unended;
    const lastNew = now?.unended;
    if (lastOld || lastNew)
      this.rows.push({ type: "unended", key: this.key(`end ${old?.old ?? ""}-${now?.new ?? ""}`), file, side: lastOld && lastNew ? "both" : lastOld ? "old" : "new" });
    for (const comment of this.comments)
      if (comment.side === "old" ? old?.kind === "removed" && old.old === comment.line : now?.new === comment.line)
        this.rows.push({ type: "comment", key: comment.id, file, comment });
  }

  hunk(hunk: Hunk) {
    const rows = pairs(hunk.lines);
    if (this.layout === "split") {
      for (const row of rows) this.line(row.old, row.new);
      return;
    }
    const partner = new Map<Line, Line>();
    for (const { old, new: now } of rows) if (old && now && old !== now) partner.set(old, now).set(now, old);
    for (const line of hunk.lines)
      this.line(line.kind === "added" ? undefined : line, line.kind === "removed" ? undefined : line, partner.get(line));
  }

  /** Lines that did not change, from and up to numbers of the new file, the latter not included. */
  context(text: string[], from: number, to: number, shift: number) {
    for (let number = from; number < to; number++) {
      const line: Line = { kind: "same", text: text[number - 1] ?? "", old: number + shift, new: number };
      this.line(line, line, undefined, true);
    }
  }
}

function between(builder: Builder, view: FileView, index: number, from: number, to: number | null, shift: number, about: string) {
  const { text, revealed } = view;
  const end = to ?? (text ? text.length + 1 : null);
  const { top = 0, foot = 0 } = revealed?.[index] ?? {};
  if (end === null) return builder.gap({ index, hidden: null }, "");
  if (end <= from) return;
  if (text && top + foot >= end - from) return builder.context(text, from, end, shift);
  if (text) builder.context(text, from, from + top, shift);
  builder.gap({ index, hidden: end - from - (text ? top + foot : 0) }, about);
  if (text) builder.context(text, end - foot, end, shift);
}

export function rowsOf(file: ChangedFile, view: FileView, layout: Layout, comments: LineComment[]): Row[] {
  const builder = new Builder(file, layout, comments);
  builder.rows.push({ type: "file", key: file.path, file, open: !view.closed });
  if (view.closed) return builder.rows;
  for (const note of notes(file)) builder.note(note);
  const hunks = file.hunks ?? [];
  if (linesIn(hunks) > hugeLines && !view.anyway) {
    builder.note("huge");
    return builder.rows;
  }
  const whole = file.status === "added" || file.status === "deleted";
  let next = 1; // the first line of the new file that has not been told of
  let shift = 0; // from a number of the new file to that of the old one
  hunks.forEach((hunk, index) => {
    const start = firstNew(hunk);
    if (!whole) between(builder, view, index, next, start, shift, hunk.about);
    builder.hunk(hunk);
    const added = hunk.lines.filter((line) => line.kind === "added").length;
    const removed = hunk.lines.filter((line) => line.kind === "removed").length;
    shift += removed - added;
    next = start + sideLength(hunk);
  });
  const ended = hunks.at(-1)?.lines.at(-1)?.unended;
  if (!whole && hunks.length && !ended) between(builder, view, hunks.length, next, null, shift, "");
  return builder.rows;
}
