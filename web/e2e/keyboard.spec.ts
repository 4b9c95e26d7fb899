// All of it without a mouse, and with an input method.
import type { Page } from "@playwright/test";
import { cards, expect, runsEnd, sendByKeys, startDemo, test } from "./given";

const words = (page: Page) => page.getByRole("main").getByRole("textbox", { name: "What should be done?" });

test("Ctrl+Enter sends; while an input method composes it does not", async ({ home: page }) => {
  await expect(page.getByRole("button", { name: /^Repository: (?!Choose)/ })).toBeVisible();
  await words(page).focus();
  const tools = await page.context().newCDPSession(page);
  await tools.send("Input.imeSetComposition", { text: "にほんご", selectionStart: 4, selectionEnd: 4 });
  await expect(words(page)).toHaveValue("にほんご");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("heading", { level: 1, name: "What should be done?" })).toBeVisible();
  await tools.send("Input.insertText", { text: "日本語" });
  await expect(words(page)).toHaveValue("日本語");
  await sendByKeys(page, words(page));
  await expect(page.getByRole("heading", { level: 1, name: "日本語" })).toBeVisible();
});

test("an Enter that confirms a composition chooses nothing in the palette", async ({ home: page }) => {
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog", { name: "Command palette" }).getByRole("combobox")).toBeFocused();
  const tools = await page.context().newCDPSession(page);
  await tools.send("Input.imeSetComposition", { text: "o", selectionStart: 1, selectionEnd: 1 });
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Command palette" })).toBeVisible();
});

test("the palette goes anywhere, and finds a task by a part of its title", async ({ home: page }) => {
  await startDemo(page);
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog", { name: "Command palette" });
  await palette.getByRole("combobox").fill("operat");
  await expect(palette.getByRole("option", { name: "Operations" })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Operations" })).toBeVisible();
  await expect(palette).toHaveCount(0);
  await page.keyboard.press("Control+k");
  await expect(palette.getByRole("combobox")).toBeFocused();
  await page.keyboard.type("japanese as");
  await expect(palette.getByRole("option", { name: /Greet in Japanese/ })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: /Greet in Japanese/ })).toBeVisible();
});

test("the list of keys opens by ? and gives the focus back", async ({ home: page }) => {
  const settings = page.getByRole("link", { name: "Settings", exact: true });
  await settings.focus();
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(help.getByText("Open the command palette")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(help).toHaveCount(0);
  await expect(settings).toBeFocused();
});

test("a dialog out of a menu begins in its field, and the focus comes back to the menu's button", async ({ home: page }) => {
  await startDemo(page);
  const menu = page.getByRole("button", { name: "Actions of the task" });
  await menu.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem", { name: "Rename task" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "Title" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(menu).toBeFocused();
});

test("letters go to places, and never out of a text that is being typed", async ({ home: page }) => {
  await words(page).focus();
  await page.keyboard.type("go on? no");
  await expect(words(page)).toHaveValue("go on? no");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.getByRole("link", { name: "Home" }).focus();
  await page.keyboard.press("g");
  await page.keyboard.press("o");
  await expect(page.getByRole("heading", { level: 1, name: "Operations" })).toBeVisible();
  await page.keyboard.press("n");
  await expect(words(page)).toHaveValue("go on? no");
});

test("J and K go from run to run and from task to task, Enter opens", async ({ home: page }) => {
  await startDemo(page);
  const names = cards(page).getByRole("link");
  await expect(names).not.toHaveCount(0);
  await page.getByRole("button", { name: "Actions of the task" }).focus();
  await page.keyboard.press("j");
  await expect(names.nth(0)).toBeFocused();
  await page.keyboard.press("j");
  await expect(names.nth(1)).toBeFocused();
  await page.keyboard.press("k");
  await expect(names.nth(0)).toBeFocused();
  await runsEnd(page, await names.count());
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/runs\//);
  await expect(page.getByRole("main")).toBeFocused(); // the link went with the page
  await page.getByRole("link", { name: "Home" }).click();
  const task = page.getByRole("main").getByRole("link", { name: /Greet in Japanese/ });
  await expect(task).toBeVisible();
  await page.getByRole("link", { name: "Home" }).focus();
  await page.keyboard.press("j");
  await expect(task).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/tasks\//);
});

test("the first Tab skips to the content, and what has the focus can be seen", async ({ home: page }) => {
  await page.goto("/operations");
  await expect(page.getByRole("heading", { level: 1, name: "Operations" })).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeInViewport();
  for (let step = 0; step < 12; step++) {
    await page.keyboard.press("Tab");
    const seen = await page.evaluate(() => {
      const at = document.activeElement as HTMLElement;
      const { outlineStyle, outlineWidth } = getComputedStyle(at);
      return { name: at.textContent, outline: outlineStyle !== "none" && parseFloat(outlineWidth) > 0, ring: getComputedStyle(at).boxShadow !== "none", isBody: at === document.body };
    });
    expect(seen.isBody || seen.outline || seen.ring, seen.name ?? "").toBe(true);
  }
});
