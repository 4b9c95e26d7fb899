// From an empty start to a choice: what people come for.
import { cards, demoTask, expect, runsEnd, startDemo, test } from "./given";

test("from an empty start over a comparison to a follow-up", async ({ home: page }) => {
  await expect(page.getByRole("heading", { name: "First steps" })).toBeVisible();
  await startDemo(page);
  await page.evaluate(() => Object.assign(window, { notReloaded: true }));
  const runs = await cards(page).count();
  expect(runs).toBeGreaterThan(2);
  await runsEnd(page, runs);
  expect(await page.evaluate(() => "notReloaded" in window)).toBe(true);

  await page.getByRole("link", { name: `Compare ${runs} runs` }).click();
  await expect(page.getByRole("heading", { level: 1, name: `Compare: ${demoTask}` })).toBeVisible();
  const row = page.getByRole("row").filter({ hasText: "demo-careful" });
  await page.getByRole("button", { name: "Pin A for everybody" }).click();
  await expect(row.getByText("Pinned")).toBeVisible();

  const lines = page.getByRole("grid", { name: "Changes line by line" });
  await lines.getByRole("row").filter({ hasText: "added:" }).first().click();
  await page.keyboard.press("c");
  await page.getByRole("textbox", { name: /^Comment:/ }).fill("Say good evening after 18 h as well.");
  await page.getByRole("button", { name: "Keep comment" }).click();
  await page.getByRole("button", { name: "Send 1 comment" }).click();
  const dialog = page.getByRole("dialog", { name: "Send comments as one message" });
  await expect(dialog.getByText("Say good evening after 18 h as well.")).toBeVisible();
  await dialog.getByRole("button", { name: "Send", exact: true }).click();

  await expect(page.getByRole("heading", { level: 1, name: demoTask, exact: true })).toBeVisible();
  await expect(page.getByRole("article", { name: "Message of You" })).toHaveCount(2);
  await expect(page.getByRole("article", { name: "Message of You" }).last()).toContainText("Say good evening after 18 h as well.");
  await runsEnd(page, 1);
  await expect(page.getByRole("article", { name: "demo-careful" }).first().getByText("Pinned", { exact: true })).toBeVisible();
});
