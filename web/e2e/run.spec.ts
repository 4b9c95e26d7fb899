// The page of a run: its parts, its log, and what can be found in it.
import type { Page } from "@playwright/test";
import { isAccessible } from "./accessible";
import { cards, expect, runsEnd, startDemo, test } from "./given";

async function openRun(page: Page) {
  await startDemo(page);
  await runsEnd(page, await cards(page).count());
  await isAccessible(page);
  await page.getByRole("link", { name: "demo-careful" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "demo-careful" })).toBeVisible();
}

test("a place in the log is found by words, and the address keeps the part that is looked at", async ({ home: page }) => {
  await openRun(page);
  await page.getByRole("tab", { name: "Log" }).click();
  const log = page.getByRole("log", { name: "Log" });
  await expect(log.getByText(/shows the model/)).toBeVisible();
  const search = page.getByRole("searchbox", { name: "Search the log" });
  await search.fill("MODEL");
  await search.press("Enter");
  await expect(page.getByRole("status").filter({ hasText: /^1 of \d+$/ })).toBeVisible();
  await search.fill("no such words");
  await search.press("Enter");
  await expect(page.getByText("Not found")).toBeVisible();
  await isAccessible(page);
  await page.reload();
  await expect(log.getByText(/shows the model/)).toBeVisible();
});

test("the other parts tell the request and what was used", async ({ home: page }) => {
  await openRun(page);
  await expect(page.getByRole("grid", { name: "Changes line by line" })).toBeVisible();
  await page.getByRole("tab", { name: "Request and context" }).click();
  await expect(page.getByRole("tabpanel").getByText("Greet in Japanese as well").first()).toBeVisible();
  await expect(page.getByRole("table", { name: "Files shown to the model" }).getByRole("rowheader", { name: "greeter/greet.py" })).toBeVisible();
  await isAccessible(page);
  await page.getByRole("tab", { name: "Usage" }).click();
  await expect(page.getByText("Output tokens")).toBeVisible();
  await isAccessible(page);
});

test("a run that is asked for again is another run", async ({ home: page }) => {
  await openRun(page);
  const first = page.url();
  for (let turn = 0; turn < 2; turn++) {
    const before = page.url();
    await page.getByRole("button", { name: "Run again" }).click();
    await expect(page).not.toHaveURL(before);
    await expect(page.getByText("Succeeded")).toBeVisible({ timeout: 30_000 });
  }
  await page.goBack();
  await page.goBack();
  await expect(page).toHaveURL(first);
});

test("a log is followed to its last line while it is written", async ({ home: page, server }) => {
  await startDemo(page);
  const task = page.url().split("/").at(-1);
  const { run_ids } = await server.ask<{ run_ids: string[] }>("POST", `/v1/tasks/${task}/runs`, { instruction: "Take your time", model_ids: ["demo-slow"] });
  await page.goto(`/runs/${run_ids[0]}?tab=log`);
  const log = page.getByRole("log", { name: "Log" });
  const length = page.getByText(/^\d+ lines?$/);
  await expect(length).toBeVisible();
  const first = await length.innerText();
  await expect(page.getByText("Running", { exact: true })).toBeVisible();
  await expect(length).not.toHaveText(first);
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByText("Cancelled", { exact: true })).toBeVisible();
  await expect(async () => {
    const all = Number((await length.innerText()).split(" ")[0]);
    await expect(log.getByText(String(all), { exact: true })).toBeVisible({ timeout: 500 });
  }).toPass();
});
