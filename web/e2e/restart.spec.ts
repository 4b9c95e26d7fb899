// The server dies in the middle of the work, and comes back.
import { cards, expect, sendByKeys, startDemo, test } from "./given";

const offline = "The server cannot be reached. What you see is as of";

test("a server that is killed and started again ends the runs, and the page tells the truth throughout", async ({ home: page, server, faults }) => {
  faults.expect(/Failed to load resource: net::ERR_/);
  await startDemo(page);
  await page.evaluate(() => Object.assign(window, { notReloaded: true }));
  await expect(cards(page).getByText("Running").first()).toBeVisible();
  await server.kill();
  await expect(page.getByText(offline)).toBeVisible();
  await page.getByRole("textbox", { name: "Ask for a change, or the next step" }).fill("And in Korean");
  await expect(page.getByText("The server cannot be reached; what you wrote is kept.").last()).toBeVisible();
  await server.up();
  await expect(page.getByText(offline)).toHaveCount(0);
  const runs = await cards(page).count();
  await expect(cards(page).getByText("Succeeded")).toHaveCount(runs, { timeout: 55_000 });
  await expect(page.getByRole("textbox", { name: "Ask for a change, or the next step" })).toHaveValue("And in Korean");
  expect(await page.evaluate(() => "notReloaded" in window)).toBe(true);
});

test("what one tab does the other shows: a title, a pin, a message, its runs", async ({ home: page }) => {
  await startDemo(page);
  const other = await page.context().newPage();
  await other.goto(page.url());
  await expect(cards(other)).toHaveCount(await cards(page).count());
  await page.getByRole("button", { name: "Actions of the task" }).click();
  await page.getByRole("menuitem", { name: "Rename task" }).click();
  await page.getByRole("textbox", { name: "Title" }).fill("Seen in both");
  await page.keyboard.press("Enter");
  await expect(other.getByRole("heading", { level: 1, name: "Seen in both" })).toBeVisible();
  await page.getByRole("button", { name: "Actions of demo-quick" }).click();
  await page.getByRole("menuitem", { name: "Pin for everybody" }).click();
  await expect(other.getByRole("article", { name: "demo-quick" }).getByText("Pinned")).toBeVisible();
  const words = other.getByRole("textbox", { name: "Ask for a change, or the next step" });
  await words.fill("Say it louder");
  await sendByKeys(other, words);
  await expect(page.getByRole("article", { name: "Message of You" })).toHaveCount(2);
  await expect(page.getByRole("article", { name: "Message of You" }).last()).toContainText("Say it louder");
  await expect(cards(page).getByText("Succeeded").first()).toBeVisible();
});
