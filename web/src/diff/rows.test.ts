import { expect, test } from "vitest";
import type { ChangedFile } from "./changes";
import { readFile } from "./patch";
import { rowsOf, type FileView, type Layout, type Row } from "./rows";

const part = `diff --git a/a.ts b/a.ts
--- a/a.ts
+++ b/a.ts
@@ -5,3 +5,4 @@ head
 five
-six
+SIX
+six and a half
 seven
@@ -20,2 +21,1 @@
 twenty
-gone
`;

const file = (more: Partial<ChangedFile> = {}): ChangedFile => ({
  path: "a.ts",
  old_path: null,
  status: "modified",
  added_lines: 2,
  removed_lines: 2,
  is_binary: false,
  old_mode: null,
  new_mode: null,
  hunks: readFile(part).hunks,
  ...more,
});

const told = (row: Row) => {
  if (row.type === "line") return `${row.old?.old ?? ""}|${row.new?.new ?? ""}`;
  if (row.type === "gap") return `gap ${row.gap.hidden ?? "?"}`;
  return row.type === "note" ? row.note : row.type;
};
const rows = (view: FileView = {}, layout: Layout = "unified", more: Partial<ChangedFile> = {}) =>
  rowsOf(file(more), view, layout, []).map(told);

test("gaps tell how many lines are not shown, except after the last hunk", () => {
  expect(rows()).toEqual(["file", "gap 4", "5|5", "6|", "|6", "|7", "7|8", "gap 12", "20|21", "21|", "gap ?"]);
});

test("beside each other stand what was removed and what took its place", () => {
  expect(rows({}, "split").slice(2, 7)).toEqual(["5|5", "6|6", "|7", "7|8", "gap 12"]);
});

test("revealed lines come from the file's text with the numbers of both sides", () => {
  const text = Array.from({ length: 24 }, (_, index) => `line ${index + 1}`);
  const shown = rows({ text, revealed: { 0: { top: 0, foot: 4 }, 1: { top: 2, foot: 1 }, 2: { top: 9, foot: 0 } } });
  expect(shown.slice(1, 5)).toEqual(["1|1", "2|2", "3|3", "4|4"]);
  expect(shown.slice(10, 14)).toEqual(["8|9", "9|10", "gap 9", "19|20"]);
  expect(shown.slice(-3)).toEqual(["22|22", "23|23", "24|24"]);
});

test("what is no change of lines is told in words", () => {
  expect(rows({}, "unified", { status: "renamed", old_path: "b.ts", hunks: [], added_lines: 0, removed_lines: 0 })).toEqual(["file", "renamed"]);
  expect(rows({}, "unified", { is_binary: true, hunks: [] })).toEqual(["file", "binary"]);
  expect(rows({}, "unified", { old_mode: "100644", new_mode: "100755", hunks: [] })).toEqual(["file", "mode"]);
  expect(rows({}, "unified", { hunks: undefined })).toEqual(["file", "absent"]);
});

test("a closed file is its head alone, a huge one asks first", () => {
  expect(rows({ closed: true })).toEqual(["file"]);
  const lines = Array.from({ length: 3_001 }, (_, index) => ({ kind: "added" as const, text: "", old: 0, new: index + 1 }));
  const huge = { status: "added" as const, hunks: [{ oldStart: 0, newStart: 1, about: "", lines }] };
  expect(rows({}, "unified", huge)).toEqual(["file", "huge"]);
  expect(rows({ anyway: true }, "unified", huge)).toHaveLength(3_002);
});

test("a comment stands below its line", () => {
  const comment = { id: "c", runId: "r", path: "a.ts", side: "old" as const, line: 6, quote: "six", text: "why?", open: false };
  expect(rowsOf(file(), {}, "unified", [comment]).map(told).slice(3, 5)).toEqual(["6|", "comment"]);
  expect(rowsOf(file(), {}, "unified", [{ ...comment, side: "new" }]).map(told).slice(4, 6)).toEqual(["|6", "comment"]);
});
