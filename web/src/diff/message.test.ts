import type { TFunction } from "i18next";
import { expect, test } from "vitest";
import type { LineComment } from "./comments";
import { commentsMessage } from "./message";

const t = ((key: string, values: Record<string, string | number>) => `${key}(${Object.values(values).join(" ")})`) as unknown as TFunction<"diff">;
const runs = [{ id: "r1", name: "A" }, { id: "r2", name: "B" }];
const comment = (more: Partial<LineComment>): LineComment => ({ id: "1", runId: "r1", path: "a.c", side: "new", line: 3, quote: "x = 1;", text: "Why?", open: false, ...more });

test("comments are told by run, file and line, with what they are about", () => {
  const comments = [comment({ line: 9, side: "old", text: "Keep this." }), comment({}), comment({ runId: "r2", path: "b.c", text: " Good \n" })];
  expect(commentsMessage(t, comments, runs, "Please:")).toBe(
    [
      "Please:",
      "message.of(A)",
      "message.new_line(a.c 3)\n> x = 1;\nWhy?",
      "message.old_line(a.c 9)\n> x = 1;\nKeep this.",
      "message.of(B)",
      "message.new_line(b.c 3)\n> x = 1;\nGood",
    ].join("\n\n"),
  );
});

test("what is empty or on a run that is not shown is not sent", () => {
  expect(commentsMessage(t, [comment({ text: "  " }), comment({ runId: "r3" })], runs, "")).toBe("");
});
