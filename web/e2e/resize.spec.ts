// A window that becomes narrow or wide while lines of code are shown.
import { cards, expect, runsEnd, startDemo, test } from "./given";

test("after the window became narrow, lines stand below each other and not on each other", async ({ home: page }) => {
  await startDemo(page);
  await runsEnd(page, await cards(page).count());
  await page.getByRole("link", { name: /^Compare \d runs$/ }).click();
  const lines = page.getByRole("grid", { name: "Changes line by line" }).getByRole("row");
  for (const width of [1440, 360, 700, 360]) {
    await page.setViewportSize({ width, height: 800 });
    await expect(lines.nth(8)).toBeVisible();
    const overlaps = () =>
      lines.evaluateAll((rows) => {
        const boxes = rows.map((row) => row.getBoundingClientRect()).sort((a, b) => a.top - b.top);
        return boxes.filter((box, index) => index > 1 && box.top < (boxes[index - 1]?.bottom ?? 0) - 1).length; // the first may be a head that sticks
      });
    await expect.poll(overlaps, `at ${width} px`).toBe(0);
  }
});
