import { expect, test } from "vitest";
import { heightOf, rowHeight, sight, topFor } from "./rows";

const height = 600; // pixels of the box
const end = (count: number) => ({ top: heightOf(count) - height, height });

test("few rows stand where their number says", () => {
  expect(sight(3, { top: 0, height })).toEqual({ first: 0, last: 2, start: 0 });
  expect(sight(1000, { top: 100 * rowHeight, height })).toMatchObject({ first: 70, start: 70 * rowHeight });
});

test("no rows are none", () => {
  expect(sight(0, { top: 0, height })).toMatchObject({ first: 0, last: -1 });
});

for (const count of [1_000, 1_000_000, 30_000_000]) {
  test(`of ${count} rows the first and the last are reached`, () => {
    expect(sight(count, { top: 0, height })).toMatchObject({ first: 0, start: 0 });
    const { first, last, start } = sight(count, end(count));
    expect(last).toBe(count - 1);
    expect(start + (last + 1 - first) * rowHeight).toBeCloseTo(heightOf(count), 3);
  });

  test(`of ${count} rows each can be had in the middle`, () => {
    for (const row of [0, 1, Math.floor(count / 2), Math.floor(count / 3), count - 1]) {
      const top = topFor(row, count, end(count));
      const { first, start } = sight(count, { top, height });
      const y = start + (row - first) * rowHeight - top;
      expect(y).toBeGreaterThanOrEqual(-0.01);
      expect(y).toBeLessThanOrEqual(height - rowHeight + 0.01);
    }
  });
}
