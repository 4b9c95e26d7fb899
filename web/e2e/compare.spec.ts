// Runs of a message beside each other: every way to look at them, verdicts, comments by keyboard.
import type { Page } from "@playwright/test";
import { isAccessible } from "./accessible";
import { cards, expect, runsEnd, startDemo, test } from "./given";

/** The demo's runs have ended and are compared. */
async function compare(page: Page) {
  await startDemo(page);
  await runsEnd(page, await cards(page).count());
  await page.getByRole("link", { name: /^Compare \d runs$/ }).click();
  await expect(page.getByText("def test_japanese").first()).toBeVisible();
}

test("runs stand beside each other, and every way to look at them is accessible", async ({ home: page }) => {
  await compare(page);
  for (const name of ["A demo-careful", "B demo-quick", "C demo-thorough"]) await expect(page.getByRole("rowheader", { name })).toBeVisible();
  await isAccessible(page);
  await page.keyboard.press("v");
  await expect(page.getByRole("grid", { name: "Changes of A line by line" })).toBeVisible();
  await expect(page.getByRole("grid", { name: "Changes of B line by line" })).toBeVisible();
  await isAccessible(page);
  await page.keyboard.press("v");
  await expect(page.getByRole("combobox", { name: "Shown against" })).toHaveValue("against");
  await expect(page.getByRole("gridcell", { name: /^removed: / }).first()).toBeVisible();
  await isAccessible(page);
});

test("a run pinned in one window is pinned in the other, and the pin is taken back", async ({ home: one }) => {
  await compare(one);
  const other = await one.context().newPage();
  await other.goto(one.url());
  await expect(other.getByRole("rowheader", { name: "B demo-quick" })).toBeVisible();
  await one.keyboard.press("2");
  await expect(one.getByRole("button", { name: "B demo-quick" })).toHaveAttribute("aria-pressed", "true");
  await one.keyboard.press("i");
  await one.getByRole("button", { name: "Undo" }).hover(); // a notice that is pointed at stays
  await expect(other.getByRole("rowheader", { name: "B demo-quick Pinned" })).toBeVisible();
  await one.getByRole("button", { name: "Undo" }).click();
  await expect(other.getByText("Pinned")).toHaveCount(0);
});

test("a comment begun by keyboard outlives a reload and goes out as the next message", async ({ home: page }) => {
  await compare(page);
  await page.getByRole("grid").focus();
  await page.keyboard.press("]");
  await page.keyboard.press("c");
  await expect(page.getByRole("textbox", { name: /^Comment: Line/ })).toBeFocused();
  await page.keyboard.type("Say who is greeted.");
  await page.reload();
  await page.getByRole("button", { name: "Send 1 comment" }).click();
  await page.getByRole("button", { name: "Send", exact: true }).click();
  const message = page.getByRole("article", { name: "Message of You" }).last();
  await expect(message).toContainText(/^Comments on the changes of A, demo-careful:\s+\S+, line \d+:\s+> .*\s+Say who is greeted\./);
  await runsEnd(page, 1);
});

test("more of a file is shown around its changes, and files are found by their names", async ({ home: page }) => {
  await compare(page);
  const imported = page.getByText("import unittest", { exact: true });
  await page.getByRole("searchbox", { name: "Filter files" }).fill("test");
  await expect(page.getByRole("treeitem", { name: /README/ })).toHaveCount(0);
  await page.getByRole("treeitem", { name: /test_greet/ }).click();
  const gap = page.getByRole("row", { name: /class GreetTest/ }).filter({ has: page.getByRole("button") });
  await expect(imported).toHaveCount(0);
  await gap.getByRole("button", { name: /^Show \d+ unchanged lines/ }).click();
  await expect(imported.first()).toBeVisible();
});
