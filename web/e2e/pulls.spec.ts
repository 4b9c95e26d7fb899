// The main job to its end: from an empty start to a pull request at a scripted GitHub, and what comes after.
import type { Page } from "@playwright/test";
import { isAccessible } from "./accessible";
import { cards, runsEnd, sendByKeys, startDemo, test as withoutGithub } from "./given";
import { app, expect, instruction, test, work } from "./github";

const dialogOf = (page: Page, name: string | RegExp = "Create pull request") => page.getByRole("dialog", { name });

/** The dialog that makes a pull request of the run. */
async function order(page: Page, run = "demo-careful") {
  if ((await cards(page).count()) > 1) await page.getByRole("checkbox", { name: `Choose ${run} for comparing` }).check();
  await page.getByRole("button", { name: "Create pull request" }).click();
  await expect(dialogOf(page).getByRole("radio", { name: /^Written for you/ })).toBeChecked();
}

async function made(page: Page, how = "is there") {
  await dialogOf(page, `Pull request #1 ${how}`).getByRole("button", { name: "Close" }).last().click();
  await expect(page.getByRole("link", { name: "#1 open" })).toBeVisible();
}

const pullsPage = (page: Page) => page.getByRole("link", { name: "Pull requests", exact: true }).click();
const row = (page: Page) => page.getByRole("main").getByRole("listitem").filter({ hasText: "#1" });

test("from an empty start over a comparison to a pull request, and to its merge", async ({ home: page, hub }) => {
  await work(page);
  await page.getByRole("link", { name: "Compare 3 runs" }).click();
  const compared = page.url();
  await page.getByRole("button", { name: "Create pull request" }).click();
  await expect(dialogOf(page).getByText(new RegExp(`^${app} · demo-`))).toBeVisible();
  await isAccessible(page);
  await dialogOf(page).getByRole("button", { name: "Create it here" }).click();
  await expect(dialogOf(page, "Pull request #1 is there").getByRole("link", { name: "See #1 on GitHub" })).toHaveAttribute("href", `${hub.told.web}/${app}/pull/1`);
  await isAccessible(page);
  await page.keyboard.press("Escape");

  const [pull] = await hub.pulls();
  expect(pull).toMatchObject({ state: "open", base: "main", sha: expect.stringMatching(/^[0-9a-f]{40}$/) });
  expect(pull?.title).not.toBe("");
  await page.goto(compared.replace(/\/compare.*/, ""));
  await expect(page.getByRole("link", { name: "#1 open" })).toBeVisible();

  await pullsPage(page);
  await expect(row(page)).toContainText(`${pull?.title} #1`);
  await expect(row(page)).toContainText(app);
  await isAccessible(page);
  await hub.merge(1);
  await page.getByRole("button", { name: "Refresh states" }).click();
  await expect(row(page).getByText("Merged")).toBeVisible();
  await page.getByRole("link", { name: "Board", exact: true }).click();
  await expect(page.getByRole("region", { name: "Done" }).getByRole("listitem").filter({ hasText: instruction })).toContainText("merged");
});

test.describe("with a person's token", () => {
  test.use({ reach: "token" });

  test("own words outlive a reload, become the pull request, and are written again", async ({ home: page, hub }) => {
    const dialog = dialogOf(page);
    await work(page, 1);
    await order(page);
    await dialog.getByRole("radio", { name: /^My own words/ }).check();
    await expect(dialog.getByRole("status")).toHaveText("Give it a title.");
    await dialog.getByRole("textbox", { name: "Title" }).fill("Say こんにちは");
    await dialog.getByRole("textbox", { name: "Description" }).fill("For our guests.\n\n- [x] tried");
    await isAccessible(page);
    await page.reload();
    await page.getByRole("button", { name: "Create pull request" }).click();
    await expect(dialog.getByRole("textbox", { name: "Title" })).toHaveValue("Say こんにちは");
    await dialog.getByRole("checkbox", { name: "Create it as a draft" }).check();
    await dialog.getByRole("textbox", { name: "Description" }).press("Control+Enter");
    await made(page);
    expect(await hub.pulls()).toMatchObject([{ title: "Say こんにちは", draft: true, body: expect.stringContaining("For our guests.\n\n- [x] tried") }]);
    await page.getByRole("button", { name: "Create pull request" }).click();
    await expect(dialog.getByRole("radio", { name: /^Written for you/ })).toBeChecked();
    await page.keyboard.press("Escape");

    await pullsPage(page);
    await page.getByRole("button", { name: "Actions for #1" }).click();
    await page.getByRole("menuitem", { name: "Write the title again" }).click();
    await expect(page.getByText("The text of #1 was written again.")).toBeVisible();
    await expect(row(page)).not.toContainText("Say こんにちは");
    expect((await hub.pulls())[0]).not.toMatchObject({ title: "Say こんにちは" });
  });
});

test("one that is made on GitHub's own page is found on return", async ({ home: page, hub, faults }) => {
  faults.expect(new RegExp(`^request to another host: ${hub.told.web}/`));
  await work(page, 1);
  await order(page);
  await dialogOf(page).getByRole("button", { name: "Continue on GitHub" }).click();
  const finish = dialogOf(page, "Finish on GitHub");
  await finish.getByRole("button", { name: "Look for it now" }).click();
  await expect(finish.getByText("There is none of this branch yet.")).toBeVisible();
  await isAccessible(page);

  const opened = page.waitForEvent("popup");
  await finish.getByRole("link", { name: "Open GitHub" }).click();
  const form = await opened;
  await expect(form.getByRole("textbox", { name: "Title" })).not.toHaveValue("");
  await form.getByRole("textbox", { name: "Title" }).fill("Made by hand");
  await form.getByRole("button", { name: "Create pull request" }).click();
  await expect(form.getByRole("heading", { name: "Made by hand" })).toBeVisible();
  await form.close();
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange"))); // tabs without a window never hide
  await made(page, "was found");
  await pullsPage(page);
  await expect(row(page)).toContainText("Made by hand");
});

test("the result of a later run goes into the pull request", async ({ home: page, hub }) => {
  await work(page, 1);
  const task = page.url();
  await order(page);
  await dialogOf(page).getByRole("button", { name: "Create it here" }).click();
  await made(page);
  const [before] = await hub.pulls();
  await hub.tell("commit", app, before?.head, "by-hand.txt", "kept\n");

  const words = page.getByRole("textbox", { name: "Ask for a change, or the next step" });
  await words.fill("Greet in German too");
  await sendByKeys(page, words);
  await expect(page.getByRole("article", { name: "Message of You" })).toHaveCount(2);
  await expect(cards(page).getByText("Succeeded")).toBeVisible({ timeout: 30_000 });
  await pullsPage(page);
  await page.getByRole("button", { name: "Actions for #1" }).click();
  await page.getByRole("menuitem", { name: "Update with a run…" }).click();
  await isAccessible(page);
  await dialogOf(page, "Update #1").getByRole("textbox", { name: "Commit message" }).fill("German as well");
  await dialogOf(page, "Update #1").getByRole("button", { name: "Update" }).click();
  await expect(dialogOf(page, "Update #1")).toHaveCount(0);
  const [after] = await hub.pulls();
  expect(after?.sha).not.toBe(before?.sha);
  await page.goto(task);
  await expect(page.getByRole("link", { name: "#1 open" })).toBeVisible();
});

test("what GitHub refuses is said with the next step, and done when it is mended", async ({ home: page, hub, faults }) => {
  faults.expect(/Failed to load resource: .* [45]\d\d/);
  await work(page, 1);
  await order(page);
  await hub.set({ archived: true });
  const create = dialogOf(page).getByRole("button", { name: "Create it here" });
  await create.click();
  await expect(page.getByRole("alert")).toContainText("is archived and cannot be written.");
  await expect(page.getByRole("alert")).toContainText("Unarchive it on GitHub, or work on a fork.");
  await isAccessible(page);
  await hub.set({ archived: false, push: false });
  await create.click();
  await expect(page.getByRole("alert")).toContainText("may not write to the repository.");
  await expect(page.getByRole("alert").getByRole("link", { name: "Open the GitHub settings" })).toBeVisible();
  await hub.set({ push: true });
  await page.getByRole("alert").getByRole("button", { name: "Try again" }).click();
  await made(page);
  expect(await hub.pulls()).toHaveLength(1);
});

withoutGithub("a folder without an origin, and a server without a GitHub: each says the next step", async ({ home: page, server, faults }) => {
  faults.expect(/Failed to load resource: .* [45]\d\d/);
  await startDemo(page);
  await runsEnd(page, await cards(page).count());
  await order(page);
  const create = dialogOf(page).getByRole("button", { name: "Create it here" });
  await create.click();
  await expect(page.getByRole("alert")).toContainText("The repository is a folder of yours without a remote named origin.");
  await expect(page.getByRole("alert")).toContainText("git remote add origin");
  server.git(`${server.home}/state/dursor/demo/project`, "remote", "add", "origin", "https://github.com/octo/app.git");
  await create.click();
  await expect(page.getByRole("alert")).toContainText("Add a GitHub App in the settings, or give the server a token.");
  await page.getByRole("alert").getByRole("link", { name: "Open the GitHub settings" }).click();
  await expect(page).toHaveURL(/\/settings\/github$/);
});
