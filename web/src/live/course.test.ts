import { expect, test } from "vitest";
import { begin, isOffline, next, type Course, type Ending } from "./course";

const minute = 60_000;
const after = (endings: Ending[], now = 0, random = 1): Course => endings.reduce((course, ending) => next(course, ending, now, random), begin(0, now));

test("a planned end goes on at once, a cut after a moment", () => {
  expect(after([{ kind: "rotated" }])).toMatchObject({ how: "stream", waitMs: 0, failures: 0 });
  expect(after([{ kind: "cut" }])).toMatchObject({ how: "stream", waitMs: 400, failures: 0 });
});

test("failures wait longer and longer, up to a limit", () => {
  const waits = [1, 2, 3, 4, 9, 1_000].map((times) => after(Array<Ending>(times).fill({ kind: "failed" })).waitMs);
  expect(waits).toEqual([400, 800, 1_600, 3_200, 15_000, 15_000]);
});

test("the wait is spread over its second half", () => {
  expect(after([{ kind: "failed" }], 0, 0).waitMs).toBe(200);
});

test("the server's own wish for a wait is kept", () => {
  expect(after([{ kind: "failed", retryAfterMs: 30_000 }]).waitMs).toBe(30_000);
});

test("an answer ends the row of failures", () => {
  expect(after([{ kind: "failed" }, { kind: "failed" }, { kind: "heard" }, { kind: "failed" }])).toMatchObject({ failures: 1, waitMs: 400 });
});

test("where streams are kept back long polls are taken for ten minutes", () => {
  const silent = after([{ kind: "silent" }]);
  expect(silent).toMatchObject({ how: "poll", waitMs: 0 });
  expect(next(silent, { kind: "heard" }, 9 * minute, 0).how).toBe("poll");
  expect(next(silent, { kind: "heard" }, 10 * minute, 0).how).toBe("stream");
});

test("the next page of the origin begins with what was learnt", () => {
  expect(begin(10 * minute, 9 * minute).how).toBe("poll");
  expect(begin(10 * minute, 10 * minute).how).toBe("stream");
  expect(begin(99 * minute, 10 * minute).how).toBe("stream");
});

test("a short gap is not called offline, a longer one is", () => {
  expect(isOffline(0, 1_000, 2_000)).toBe(false);
  expect(isOffline(0, 1_000, 2_500)).toBe(true);
});

test("after sleep nothing is called fresh that was not heard of for longer than a line may be silent", () => {
  expect(isOffline(0, undefined, 34_000)).toBe(false);
  expect(isOffline(0, undefined, 36_000)).toBe(true);
});
