// Where tasks stand, and what waits to become one.
import type { Page } from "@playwright/test";
import { isAccessible } from "./accessible";
import { expect, test } from "./given";
import type { Server } from "./server";

const titles = ["Mend the roof", "Paint the door"];

/** Two repositories, with a task in each: both in the backlog. */
async function givenTasks(server: Server, page: Page) {
  for (const [at, title] of titles.entries()) {
    const repo_url = server.repository(`house-${at + 1}`, { "README.md": `# House ${at + 1}\n` });
    const repo = await server.ask<{ id: string }>("POST", "/v1/repos/clone", { repo_url });
    await server.ask("POST", "/v1/tasks", { repo_id: repo.id, title });
  }
  await page.getByRole("link", { name: "Board", exact: true }).click();
  for (const title of titles) await expect(card(page, "Backlog", title)).toBeVisible();
}

const lane = (page: Page, name: string) => page.getByRole("main").getByRole("region", { name, exact: true });
const card = (page: Page, column: string, title: string) => lane(page, column).getByRole("listitem").filter({ hasText: title });

const linkOf = (page: Page, title: string) => page.getByRole("main").getByRole("link", { name: title });

async function choose(page: Page, title: string, item: string) {
  await page.getByRole("button", { name: `Actions of ${title}` }).click();
  await page.getByRole("menuitem", { name: item }).click();
}

test("a card moves by its menu, into the archive and back, and the focus goes with it", async ({ home: page, server }) => {
  await givenTasks(server, page);
  await choose(page, "Mend the roof", "Move to To do");
  await expect(card(page, "To do", "Mend the roof")).toBeVisible();
  await expect(linkOf(page, "Mend the roof")).toBeFocused();
  await isAccessible(page);

  await page.getByRole("button", { name: "Actions of Mend the roof" }).click();
  await expect(page.getByRole("menuitem", { name: "Move to Done by its runs" })).toBeDisabled();
  await page.getByRole("menuitem", { name: "Archive" }).click();
  await expect(linkOf(page, "Mend the roof")).toHaveCount(0);
  await expect(page.getByRole("group", { name: "Columns" })).toBeFocused();
  await page.reload();
  await page.getByRole("checkbox", { name: "Archived" }).click();
  await expect(page.getByRole("checkbox", { name: "Archived" })).toBeChecked();
  await expect(card(page, "Archived", "Mend the roof")).toBeVisible();
  await choose(page, "Mend the roof", "Move to Backlog");
  await expect(card(page, "Backlog", "Mend the roof")).toBeVisible();
  await expect(linkOf(page, "Mend the roof")).toBeFocused();
});

test("a card is dragged to where it may go, and stays where it may not", async ({ home: page, server }) => {
  await page.setViewportSize({ width: 1920, height: 900 }); // all columns stand still while a card is dragged
  await givenTasks(server, page);
  const drag = async (title: string, to: string) => {
    await page.getByRole("button", { name: `Move ${title}` }).hover();
    await page.mouse.down();
    await lane(page, to).hover();
    await lane(page, to).hover({ position: { x: 60, y: 60 } });
    await expect(page.getByRole("status").filter({ hasText: `${title} is over ${to}` })).toBeAttached();
    await page.mouse.up();
  };
  await drag("Paint the door", "To do");
  await expect(card(page, "To do", "Paint the door")).toBeVisible();
  await drag("Paint the door", "Done");
  await expect(page.getByText("A task comes to “Done” by its runs and pull request, not by hand.")).toBeVisible();
  await page.reload();
  await expect(card(page, "To do", "Paint the door")).toBeVisible();
});

test("a card is taken from column to column by keyboard", async ({ home: page, server }) => {
  await givenTasks(server, page);
  const told = page.getByRole("status").filter({ hasText: /Mend the roof/ });
  await page.getByRole("button", { name: "Move Mend the roof" }).focus();
  await page.keyboard.press("Space");
  await expect(told).toHaveText("Mend the roof is over Backlog."); // it is known where the columns are
  await page.keyboard.press("ArrowRight");
  await expect(told).toHaveText("Mend the roof is over To do.");
  await page.keyboard.press("ArrowRight");
  await expect(told).toHaveText("Mend the roof is over Running, where it cannot be put by hand.");
  await page.keyboard.press("ArrowLeft");
  await expect(told).toHaveText("Mend the roof is over To do.");
  await page.keyboard.press("Space");
  await expect(card(page, "To do", "Mend the roof")).toBeVisible();
  await expect(told).toHaveText("Mend the roof was put into To do.");
  await expect(card(page, "To do", "Mend the roof").locator(":focus")).toHaveCount(1);
});

test("the board of one repository, kept in the address", async ({ home: page, server }) => {
  await givenTasks(server, page);
  await page.getByRole("combobox", { name: "Repository" }).selectOption({ label: "house-2" });
  await expect(linkOf(page, "Mend the roof")).toHaveCount(0);
  await page.reload();
  await expect(card(page, "Backlog", "Paint the door")).toBeVisible();
  await expect(linkOf(page, "Mend the roof")).toHaveCount(0);
});

test("what does not fit on one page of the board comes when it is asked for", async ({ home: page, server }) => {
  await givenTasks(server, page);
  const [first] = await server.ask<{ repo_id: string }[]>("GET", "/v1/tasks?limit=1");
  await page.evaluate(async (repo_id) => {
    for (let at = 0; at < 200; at++) await fetch("/v1/tasks", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ repo_id, title: `Task ${at}` }) });
  }, first?.repo_id);
  await page.reload();
  await expect(lane(page, "Backlog").getByText("and 2 more")).toBeVisible();
  await expect(linkOf(page, "Mend the roof")).toHaveCount(0);
  await page.getByRole("main").getByRole("button", { name: "Show more" }).click();
  await expect(card(page, "Backlog", "Mend the roof")).toBeVisible();
  await choose(page, "Mend the roof", "Move to To do");
  await expect(card(page, "To do", "Mend the roof")).toBeVisible();
  await expect(page.getByRole("main").getByRole("button", { name: "Show more" })).toHaveCount(0);
});

test("an item is noted with its parts, changed, and becomes a task", async ({ home: page, server }) => {
  server.repository("house", { "README.md": "# House\n" });
  await page.getByRole("link", { name: "Backlog", exact: true }).click();
  await page.getByRole("button", { name: "Add an item" }).click();
  const add = page.getByRole("dialog", { name: "Add an item" });
  await add.getByRole("textbox", { name: "Title" }).fill("Say goodbye");
  await add.getByRole("button", { name: "Add a subtask" }).click();
  await expect(add.getByRole("textbox", { name: "Subtask 1" })).toBeFocused();
  await page.keyboard.type("In English");
  await page.keyboard.press("Enter");
  await expect(add.getByRole("textbox", { name: "Subtask 2" })).toBeFocused();
  await page.keyboard.type("日本語で");
  await add.getByRole("button", { name: "Add a subtask" }).click();
  await add.getByRole("button", { name: "Remove subtask 3" }).click();
  await expect(add.getByRole("button", { name: "Add a subtask" })).toBeFocused();
  await isAccessible(page);
  await page.reload();
  await page.getByRole("button", { name: "Add an item" }).click();
  await expect(add.getByRole("textbox", { name: "Subtask 2" })).toHaveValue("日本語で");
  await add.getByRole("button", { name: "Save" }).click();
  const item = page.getByRole("main").getByRole("listitem").filter({ hasText: "Say goodbye" });
  await expect(item).toContainText("0 of 2 subtasks done");

  await item.getByRole("button", { name: "Edit “Say goodbye”" }).click();
  const edit = page.getByRole("dialog", { name: "Edit the item" });
  await edit.getByRole("checkbox", { name: "Subtask 1 is done" }).check();
  await edit.getByRole("combobox", { name: "State" }).selectOption({ label: "Ready" });
  await edit.getByRole("textbox", { name: "Tags" }).fill("words, polite");
  await isAccessible(page);
  await edit.getByRole("button", { name: "Save" }).click();
  for (const part of ["1 of 2 subtasks done", "Ready", "#words", "#polite"]) await expect(item).toContainText(part);
  await isAccessible(page);

  await item.getByRole("button", { name: /^Make .*Say goodbye/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Say goodbye" })).toBeVisible();
  await page.goBack();
  await item.getByRole("link", { name: "To its task" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Say goodbye" })).toBeVisible();
});
