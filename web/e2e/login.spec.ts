// The way in: where it leads, and who needs no code.
import { expect, signIn, test } from "./given";

test("the code in an address leads to the page that was asked for, and to no other site", async ({ browserOf, server }) => {
  const page = await (await browserOf()).newPage();
  const code = server.login.split("#")[1];
  await page.goto(`${server.origin}/login?next=${encodeURIComponent("/settings")}#${code}`);
  await expect(page.getByRole("heading", { level: 1, name: "Settings" })).toBeVisible();
  for (const elsewhere of ["//evil.example/a", "/\\evil.example/a", "https://evil.example/a", "javascript:alert(1)", "http://["]) {
    await page.evaluate(() => sessionStorage.clear());
    await page.goto(`${server.origin}/login?next=${encodeURIComponent(elsewhere)}`);
    await expect(page.getByRole("heading", { level: 1, name: "What should be done?" })).toBeVisible();
  }
});

test("who comes from another site and is signed in needs no code", async ({ browserOf, faults, server }) => {
  const context = await browserOf();
  const page = await context.newPage();
  await signIn(page, server);
  faults.expect(/^request to another host: http:\/\/other\.example\//);
  await context.route("http://other.example/**", (route) =>
    route.fulfill({ contentType: "text/html", body: `<a href="${server.origin}/login?next=/board">dursor</a>` }),
  );
  await page.goto("http://other.example/");
  await page.getByRole("link", { name: "dursor" }).click();
  await expect(page).toHaveURL(`${server.origin}/board`);
});

test("who goes straight back to the way in is asked for a code", async ({ browserOf, server }) => {
  const page = await (await browserOf()).newPage();
  await signIn(page, server);
  await page.goto(`${server.origin}/login?next=/board`);
  await expect(page).toHaveURL(`${server.origin}/board`);
  await page.goto(`${server.origin}/login?next=/board`);
  await expect(page.getByRole("textbox", { name: "Address or code" })).toBeFocused();
});

test("a wrong code is said, and the right one can be pasted as the whole address", async ({ browserOf, faults, server }) => {
  faults.expect(/401/);
  const page = await (await browserOf({ colorScheme: "dark" })).newPage();
  await page.goto(`${server.origin}/login`);
  const field = page.getByRole("textbox", { name: "Address or code" });
  await field.fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toHaveText("This address was used, or is older than ten minutes. Make a new one with dursor token --login.");
  await field.fill(server.login);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "What should be done?" })).toBeVisible();
});

test("in a Japanese browser the way in and what went wrong are Japanese", async ({ browserOf, faults, server }) => {
  faults.expect(/401/);
  const page = await (await browserOf({ locale: "ja-JP" })).newPage();
  await page.goto(`${server.origin}/login`);
  await expect(page.locator("html")).toHaveAttribute("lang", "ja");
  await page.getByRole("textbox", { name: "アドレスまたはコード" }).fill("wrong");
  await page.getByRole("button", { name: "サインイン" }).click();
  await expect(page.getByRole("alert")).toContainText("dursor token --login");
  await expect(page.getByRole("alert")).toContainText("使用済み");
});
