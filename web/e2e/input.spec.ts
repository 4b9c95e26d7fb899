// What was typed: wrong, kept, thrown away.
import { cards, demoTask, expect, runsEnd, signIn, startDemo, test } from "./given";

test("an address without a repository is said, nothing typed is lost, and the right one starts", async ({ home: page, server, faults }) => {
  faults.expect(/Failed to load resource: .* 4\d\d/);
  const words = page.getByRole("main").getByRole("textbox", { name: "What should be done?" });
  const choose = async (address: string) => {
    await page.getByRole("button", { name: /^Repository:/ }).click();
    await page.getByRole("combobox", { name: "Repository" }).fill(address);
    await page.getByRole("option", { name: `Use address or path “${address}”` }).click();
  };
  await choose(`${server.home}/nowhere`);
  await words.fill("Say hello");
  await page.getByRole("button", { name: /^Start \d runs?$/ }).click();
  await expect(page.getByRole("alert")).toContainText("nowhere");
  await expect(words).toHaveValue("Say hello");
  await page.reload();
  await expect(words).toHaveValue("Say hello");
  await expect(page.getByRole("button", { name: "Repository: nowhere" })).toBeVisible();

  await choose(server.repository("greetings", { "README.md": "# Greetings\n" }));
  await page.getByRole("button", { name: /^Start \d runs?$/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Say hello" })).toBeVisible();
  await expect(page.getByRole("main").getByText("greetings")).toBeVisible();
});

test("a draft outlives a reload, and goes with the person who signs out", async ({ home: page, server, faults }) => {
  faults.expect(/Failed to load resource: .* 401/);
  const words = page.getByRole("main").getByRole("textbox", { name: "What should be done?" });
  await words.fill("Half a thought");
  await page.reload();
  await expect(words).toHaveValue("Half a thought");
  await page.getByRole("link", { name: "Settings", exact: true }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/login/);
  await page.goto("/");
  await expect(page).toHaveURL(/\/login/);
  server.login = server.run("token", "--login");
  await signIn(page, server);
  await expect(words).toHaveValue("");
});

test("who is signed out in between signs in and is back where they were", async ({ home: page, server, faults }) => {
  faults.expect(/Failed to load resource: .* 401/);
  await page.context().clearCookies();
  await page.goto("/operations", { waitUntil: "commit" }); // it goes to the way in before all of it is loaded
  await expect(page).toHaveURL(/\/login\?next=/);
  await page.getByRole("textbox").fill(server.run("token", "--login"));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Operations" })).toBeVisible();
});

test("a key is not kept in the browser, and a model that cannot be reached is said before it is saved", async ({ home: page, faults }) => {
  faults.expect(/Failed to load resource: .* [45]\d\d/);
  await page.getByRole("link", { name: "Settings", exact: true }).click();
  await page.getByRole("button", { name: "Add a model" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Add a model" });
  await dialog.getByRole("textbox", { name: "Model", exact: true }).fill("far-away");
  await dialog.getByLabel("API key").fill("sk-never-kept-1234567890");
  await dialog.getByRole("textbox", { name: /^Address/ }).fill("http://127.0.0.1:9");
  await dialog.getByRole("button", { name: "Test", exact: true }).click();
  await expect(dialog.getByRole("alert").or(dialog.getByRole("status").filter({ hasText: /\w/ })).first()).toBeVisible();
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  expect(kept).not.toContain("never-kept");
  expect(page.url()).not.toContain("never-kept");
});

test("an address that leads nowhere says so, and how to go on", async ({ home: page, faults }) => {
  faults.expect(/Failed to load resource: .* 4\d\d/);
  await page.goto("/nowhere");
  await expect(page.getByRole("heading", { level: 1, name: "Page not found" })).toBeVisible();
  await page.getByRole("main").getByRole("link", { name: "Home" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "What should be done?" })).toBeVisible();
  for (const path of ["/tasks/00000000-0000-7000-8000-000000000000", "/runs/00000000-0000-7000-8000-000000000000", "/tasks/00000000-0000-7000-8000-000000000000/compare", "/tasks/no-id"]) {
    await page.goto(path);
    await expect(page.getByRole("alert"), path).toBeVisible();
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  }
});

test("a task is renamed and deleted, after a question", async ({ home: page }) => {
  await startDemo(page);
  await runsEnd(page, await cards(page).count());
  const menu = (item: string) => async () => {
    await page.getByRole("button", { name: "Actions of the task" }).click();
    await page.getByRole("menuitem", { name: item }).click();
  };
  await menu("Rename task")();
  const title = page.getByRole("textbox", { name: "Title" });
  await expect(title).toHaveValue(demoTask);
  await title.fill("");
  await expect(page.getByRole("dialog").getByText("Write a title.")).not.toHaveCount(0);
  await title.fill("Greetings");
  await title.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Greetings" })).toBeVisible();
  await menu("Delete task")();
  await page.getByRole("dialog", { name: "Delete task" }).getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await menu("Delete task")();
  await page.getByRole("dialog", { name: "Delete task" }).getByRole("button", { name: "Delete task" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "What should be done?" })).toBeVisible();
  await expect(page.getByRole("main").getByText("Greetings")).toHaveCount(0);
});
