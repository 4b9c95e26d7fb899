// The page of a task: what its runs do, what is thought of them, and the next message.
import { cards, expect, runsEnd, sendByKeys, startDemo, test } from "./given";

test("the next message builds on a chosen run, and outlives a reload before it is sent", async ({ home: page }) => {
  await startDemo(page);
  const runs = await cards(page).count();
  await runsEnd(page, runs);
  await page.getByRole("button", { name: "Actions of demo-careful" }).click();
  await page.getByRole("menuitem", { name: "Continue from its result" }).click();
  const words = page.getByRole("textbox", { name: "Ask for a change, or the next step" });
  await expect(words).toBeFocused();
  await page.keyboard.type("Greet in German too");
  await page.reload();
  await expect(words).toHaveValue("Greet in German too");
  await expect(page.getByText("Builds on the result of demo-careful")).toBeVisible();
  await sendByKeys(page, words);
  await expect(page.getByRole("article", { name: "Message of You" })).toHaveCount(2);
  await runsEnd(page, 1);
  await expect(words).toHaveValue("");
});

test("what the team thinks of a run is seen in another window, and lets the pull request be made of it", async ({ home: page }) => {
  await startDemo(page);
  await runsEnd(page, await cards(page).count());
  const other = await page.context().newPage();
  await other.goto(page.url());
  await expect(other.getByRole("button", { name: "Create pull request" })).toHaveCount(0);
  await page.getByRole("button", { name: "Actions of demo-quick" }).click();
  await page.getByRole("menuitem", { name: "Pin for everybody" }).click();
  await expect(other.getByRole("article", { name: "demo-quick" }).getByText("Pinned")).toBeVisible();
  await expect(other.getByRole("button", { name: "Create pull request" })).toBeVisible();
});

test("runs are gone through and chosen by keyboard, and the chosen ones compared", async ({ home: page }) => {
  await startDemo(page);
  await runsEnd(page, await cards(page).count());
  await page.getByRole("heading", { level: 1 }).click();
  for (const key of ["j", "j", "k"]) await page.keyboard.press(key);
  await expect(page.getByRole("link", { name: "demo-careful" })).toBeFocused();
  for (const name of ["demo-careful", "demo-quick"]) await page.getByRole("checkbox", { name: `Choose ${name} for comparing` }).check();
  await expect(page.getByRole("link", { name: "Compare 2 runs" })).toHaveAttribute("href", /compare\?runs=[^,]+,[^,]+$/);
  await page.getByRole("link", { name: "demo-careful" }).press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "demo-careful" })).toBeVisible();
});

test("a task is renamed, put away and brought back", async ({ home: page }) => {
  await startDemo(page);
  const act = async (name: string) => {
    await page.getByRole("button", { name: "Actions of the task" }).click();
    await page.getByRole("menuitem", { name }).click();
  };
  await act("Rename task");
  await page.getByRole("textbox", { name: "Title" }).fill("Greetings");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Greetings" })).toBeVisible();
  await act("Archive task");
  await expect(page.getByText("Archived", { exact: true })).toBeVisible();
  await act("Bring back to the backlog");
  await expect(page.getByText("Archived", { exact: true })).toHaveCount(0);
});
