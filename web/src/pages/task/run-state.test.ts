import { expect, test } from "vitest";
import { byMessage, sameRuns, takenRun, type RunSummary, type Task } from "./run-state";

const run = (id: string, more: Partial<RunSummary> = {}) => ({ id, message_id: "m1", verdict: null, commit_sha: "c", ...more }) as RunSummary;

test("runs stand under their message, oldest first; one without a message under the first", () => {
  const messages = [{ id: "m1" }, { id: "m2" }] as Task["messages"];
  const found = byMessage({ messages, runs: [run("d", { message_id: "m2" }), run("c", { message_id: null }), run("b"), run("a")] });
  expect([...found].map(([id, runs]) => [id, runs.map((one) => one.id).join("")])).toEqual([["m1", "abc"], ["m2", "d"]]);
});

test("a round is drawn again when one of its runs is another object, not when the list is", () => {
  const [a, b] = [run("a"), run("b")];
  expect(sameRuns([a, b], [a, b])).toBe(true);
  expect(sameRuns([a, b], [a, run("b")])).toBe(false);
  expect(sameRuns([a, b], [a])).toBe(false);
});

test("the chosen run is taken before the pinned one, and of several none", () => {
  const [a, b] = [run("a"), run("b", { verdict: "pinned" })];
  expect(takenRun([a, b], ["a"])).toBe(a);
  expect(takenRun([a, b], [])).toBe(b);
  expect(takenRun([a, b], ["a", "b"])).toBeUndefined();
  expect(takenRun([a], [])).toBe(a);
  expect(takenRun([run("a", { commit_sha: null })], [])).toBeUndefined();
});
