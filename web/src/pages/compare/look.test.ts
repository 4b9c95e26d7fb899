import { expect, test } from "vitest";
import { letterOf, lookAt, type ComparedRun, type Comparison } from "./look";

const run = (index: number, more: Partial<ComparedRun> = {}) => ({ run_id: `r${index}`, index, status: "succeeded", verdict: null, ...more }) as ComparedRun;
const look = (runs: ComparedRun[], address = "") => lookAt({ runs, files: [] } as unknown as Comparison, new URLSearchParams(address));
const ids = (runs: ComparedRun[] | undefined) => runs?.map((one) => one.run_id);

test("the first six that nobody discarded stand beside each other, in their order", () => {
  const runs = [1, 2, 3, 4, 5, 6, 7].map((index) => run(index, index === 2 ? { verdict: "discarded" } : {}));
  expect(ids(look(runs)?.runs)).toEqual(["r1", "r3", "r4", "r5", "r6", "r7"]);
});

test("the address names the runs; names that are not there are left out", () => {
  expect(ids(look([run(1), run(2), run(3)], "runs=r3,r1,gone")?.runs)).toEqual(["r1", "r3"]);
});

test("a pinned run is shown first, then one that succeeded", () => {
  expect(look([run(1), run(2, { verdict: "pinned" })])?.run.run_id).toBe("r2");
  expect(look([run(1, { status: "failed" }), run(2)])?.run.run_id).toBe("r2");
  expect(look([run(1), run(2)], "show=r2")?.run.run_id).toBe("r2");
});

test("the other run is never the shown one, and one run alone is shown against the start", () => {
  expect(look([run(1), run(2)], "show=r2&other=r2&mode=against")).toMatchObject({ mode: "against", other: { run_id: "r1" } });
  expect(look([run(1)], "mode=beside")).toMatchObject({ mode: "start", other: undefined });
  expect(look([])).toBeUndefined();
});

test("runs have letters, and numbers when letters end", () => {
  expect([run(1), run(26), run(27)].map(letterOf)).toEqual(["A", "Z", "27"]);
});
