import { beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { Schemas } from "@/api/client";

type Task = Schemas["TaskDetail"];
const kept = new Map<string, string>();
vi.mock("./live", () => ({ isLeader: () => true, onNews: () => undefined }));
vi.mock("@/api/client", () => ({}));
let here: typeof import("./ready");

beforeAll(async () => {
  vi.stubGlobal("localStorage", { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, text: string) => void kept.set(key, text) });
  here = await import("./ready");
});
beforeEach(() => kept.clear());

const task = (...runs: [message: string, status: string][]) => ({ id: "t", title: "Limit", runs: runs.map(([message_id, status]) => ({ message_id, status })) }) as Task;

test("results are there when no run is open any more; those of the newest message count", () => {
  expect(here.resultOf(task(["2", "succeeded"], ["2", "failed"], ["1", "succeeded"]))).toEqual({ id: "t", title: "Limit", runs: 2, succeeded: 1 });
  expect(here.resultOf(task(["2", "succeeded"], ["1", "running"]))).toBeUndefined();
  expect(here.resultOf(task())).toBeUndefined();
});

test("a task whose runs are open is followed until it is looked at with all ended", () => {
  here.look(task(["1", "running"]));
  expect(kept.get("dursor.mine.followed")).toBe('["t"]');
  here.look(task(["1", "succeeded"]));
  expect(kept.get("dursor.mine.followed")).toBe("[]");
});

test("what is looked at no longer waits", () => {
  here.ready.set([{ id: "t", title: "", runs: 1, succeeded: 1 }, { id: "u", title: "", runs: 1, succeeded: 1 }]);
  here.look(task(["1", "succeeded"]));
  expect(here.ready.get().map((one) => one.id)).toEqual(["u"]);
});

test("what another version kept does no harm", () => {
  kept.set("dursor.mine.ready", '[{"id":1},7]');
  expect(here.ready.get()).toEqual([]);
  kept.set("dursor.mine.ready", "{");
  expect(here.ready.get()).toEqual([]);
});
