import type { BrowserContext, Page } from "@playwright/test";
import { Front, type Cuts } from "./front";
import { expect, signIn, test } from "./given";
import { Server } from "./server";

const offline = "The server cannot be reached. What you see is as of";

interface Scene {
  server: Server;
  front: Front;
  /** Signed in through the front door. */
  page: Page;
  another: () => Promise<Page>;
}

interface Order {
  limits?: Cuts;
  settings?: Record<string, string>;
  buffers?: boolean;
}

async function scene(context: BrowserContext, act: (scene: Scene) => Promise<void>, { limits = {}, settings = {}, buffers = false }: Order = {}) {
  const server = await Server.start(settings);
  const front = new Front(server, limits);
  front.buffers = buffers;
  const another = () => context.newPage().then(async (page) => {
    await page.goto(origin, { waitUntil: "domcontentloaded" });
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    return page;
  });
  const origin = await front.start();
  try {
    const page = await context.newPage();
    await signIn(page, server, origin);
    await act({ server, front, page, another });
  } finally {
    front.close();
    await server.end();
  }
}

/** A task of somebody else, so that a title appears in the lists. */
async function addTask(server: Server, title: string) {
  const repos = () => server.ask<{ id: string }[]>("GET", "/v1/repos"); // the demo makes one beside the start
  await expect.poll(async () => (await repos()).length).toBeGreaterThan(0);
  await server.ask("POST", "/v1/tasks", { repo_id: (await repos())[0]?.id, title });
}

const shows = (page: Page, title: string) => expect(page.getByRole("main").getByText(title, { exact: true })).toBeVisible();

test("ten tabs hear of everything over one stream, and go on when the tab that listened is closed", ({ context }) =>
  scene(context, async ({ server, front, page, another }) => {
    const tabs: Page[] = [];
    for (let n = 0; n < 9; n++) tabs.push(await another());
    await expect.poll(() => front.open.size).toBe(1);
    await addTask(server, "Told to all");
    for (const tab of [page, ...tabs]) await shows(tab, "Told to all");
    const before = front.opened;
    await page.close();
    await expect.poll(() => front.opened).toBe(before + 1);
    await addTask(server, "After the change of tabs");
    for (const tab of tabs) await shows(tab, "After the change of tabs");
    expect(front.most).toBe(1);
    expect(front.places.at(-1)).toBeTruthy();
  }));

test("a stream that is cut goes on where it was, and nobody is told that the server is away", ({ context }) =>
  scene(context, async ({ server, front, page }) => {
    await expect.poll(() => front.open.size).toBe(1);
    front.cut();
    await addTask(server, "Meanwhile");
    await shows(page, "Meanwhile");
    await expect(page.getByText(offline)).toHaveCount(0);
    expect(front.places.at(-1)).toBeTruthy();
  }));

test("while the server is away the page says since when, and reads again when it is back", ({ context }) =>
  scene(context, async ({ server, page }) => {
    await addTask(server, "Before");
    await shows(page, "Before");
    await server.kill();
    await expect(page.getByText(offline)).toBeVisible();
    await expect(page.getByText("The server cannot be reached; what you wrote is kept.").last()).toBeVisible();
    await server.up();
    await addTask(server, "After the restart");
    await shows(page, "After the restart");
    await expect(page.getByText(offline)).toHaveCount(0);
  }));

test("where streams are kept back news come by long poll, and the next page begins with it", ({ context }) =>
  scene(
    context,
    async ({ server, front, page }) => {
      await expect.poll(() => front.polls).toBeGreaterThan(0);
      await addTask(server, "By long poll");
      await shows(page, "By long poll");
      const tried = front.opened;
      await page.reload();
      await shows(page, "By long poll");
      await addTask(server, "By long poll again");
      await shows(page, "By long poll again");
      expect(front.opened).toBe(tried);
    },
    { buffers: true },
  ));

test("a front door that cuts silent and long answers has nothing to cut", ({ context }) =>
  scene(
    context,
    async ({ server, front, page }) => {
      await expect.poll(() => front.opened, { timeout: 100_000 }).toBeGreaterThan(2); // it was asked to come again, twice
      await addTask(server, "After all that");
      await shows(page, "After all that");
      expect(front.cuts).toBe(0);
    },
    { limits: { idleMs: 6_000, totalMs: 30_000 }, settings: { DURSOR_STREAM_HEARTBEAT_SECONDS: "1", DURSOR_STREAM_ROTATE_SECONDS: "20" } },
  ));
