import { expect, test } from "vitest";
import { pieces, wordMarks } from "./words";

const shown = (text: string, marks: [number, number][] | undefined) => (marks ?? []).map(([from, to]) => text.slice(from, to));

test("only the words that differ are marked", () => {
  const before = "const price = limit(95, model);";
  const after = "const price = limit(896, model, scope);";
  const marks = wordMarks(before, after);
  expect(shown(before, marks?.[0])).toEqual(["95"]);
  expect(shown(after, marks?.[1])).toEqual(["896", ", scope"]);
});

test("lines with little in common are not marked", () => {
  expect(wordMarks("return 0;", "for (const line of lines) total += line.length;")).toBeNull();
});

test("a longer indentation is marked and nothing else", () => {
  expect(wordMarks("  x", "    x")).toEqual([[[0, 2]], [[0, 4]]]);
});

test("a line is cut where its colour or its mark changes", () => {
  expect(pieces("if (ok)", [["hl-keyword", 2], ["", 5]], [[4, 6]])).toEqual([
    { text: "if", look: "hl-keyword", marked: false },
    { text: " (", look: "", marked: false },
    { text: "ok", look: "", marked: true },
    { text: ")", look: "", marked: false },
  ]);
  expect(pieces("plain", undefined, undefined)).toEqual([{ text: "plain", look: "", marked: false }]);
  expect(pieces("", undefined, undefined)).toEqual([]);
});
