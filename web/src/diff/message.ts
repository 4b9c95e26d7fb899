// Comments on lines, written as one message that a model understands without seeing this page.
import type { TFunction } from "i18next";
import type { LineComment } from "./comments";

export interface CommentedRun {
  id: string;
  /** How people call it: "A, gpt-5". */
  name: string;
}

const longestQuote = 300; // characters

const byPlace = (a: LineComment, b: LineComment) => (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1);

export function commentsMessage(t: TFunction<"diff">, comments: LineComment[], runs: CommentedRun[], before: string): string {
  const parts = before.trim() ? [before.trim()] : [];
  for (const run of runs) {
    const ours = comments.filter((comment) => comment.runId === run.id && comment.text.trim()).sort(byPlace);
    if (!ours.length) continue;
    parts.push(t("message.of", { run: run.name }));
    for (const { path, side, line, quote, text } of ours) {
      const where = t(side === "old" ? "message.old_line" : "message.new_line", { path, line });
      parts.push(`${where}\n> ${quote.slice(0, longestQuote)}\n${text.trim()}`);
    }
  }
  return parts.join("\n\n");
}
