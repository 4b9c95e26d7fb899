// How much comes over the line.
import { demoTask, expect, runsEnd, startDemo, test } from "./given";

const mostFirst = 300_000; // bytes of compressed script for the first screen
const mostViewer = 400_000; // what the lines of a change and their colours need beside it

const scripts = () =>
  performance
    .getEntriesByType("resource")
    .filter(({ name }) => name.endsWith(".js"))
    .map((entry) => ({ name: entry.name, size: (entry as PerformanceResourceTiming).encodedBodySize, whole: (entry as PerformanceResourceTiming).decodedBodySize }));

const sum = (all: { size: number }[]) => all.reduce((total, { size }) => total + size, 0);

test("the first screen and the viewer of changes stay light", async ({ home: page }) => {
  const first = await page.evaluate(scripts);
  expect(first.length).toBeGreaterThan(1);
  expect(sum(first)).toBeLessThan(mostFirst);
  for (const { name, size, whole } of first) if (whole > 2_000) expect(size, `${name} comes compressed`).toBeLessThan(whole / 2);
  await startDemo(page);
  await runsEnd(page, await page.getByRole("main").getByRole("checkbox").count());
  await page.getByRole("link", { name: /^Compare \d runs$/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: `Compare: ${demoTask}` })).toBeVisible();
  await expect(page.getByRole("gridcell", { name: /^added:/ }).first()).toBeVisible();
  const known = new Set(first.map(({ name }) => name));
  expect(sum((await page.evaluate(scripts)).filter(({ name }) => !known.has(name)))).toBeLessThan(mostViewer);
});
