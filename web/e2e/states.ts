// The pages and the states they can be in, in both languages: for what looks at all of them.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, type Locator, type Page } from "@playwright/test";
import type { Seed } from "./seed";

export const sizes = [{ width: 1440, height: 900 }, { width: 360, height: 740 }];
export const themes = ["light", "dark"] as const;
export const languages = [["en", "en-GB"], ["ja", "ja-JP"]] as const;

/** What a person reads, by the language: `word("home", "demo_start")`. */
export type Word = (part: string, key: string, values?: Record<string, string | number>) => string;

export function words(language: string): Word {
  const folder = join(import.meta.dirname, "../src/locales", language);
  const all = Object.fromEntries(readdirSync(folder).map((file) => [file.replace(".json", ""), JSON.parse(readFileSync(join(folder, file), "utf8")) as object]));
  return (part, key, values = {}) => {
    const text = key.split(".").reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], all[part]);
    if (typeof text !== "string") throw new Error(`there is no text ${part}:${key}`);
    return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name]));
  };
}

export interface State {
  name: string;
  path: (seed: Seed) => string;
  /** Brings the page into the state; what is seen then. */
  open?: (page: Page, word: Word, seed: Seed) => Promise<void>;
  /** What is there for as long as it is in the state. */
  shown?: (page: Page, word: Word) => Locator;
  /** Makes good what would stay for others. */
  close?: (page: Page) => Promise<void>;
  /** Shown only in this size. */
  width?: number;
}

const press = (key: string, role: "dialog" | "listbox" = "dialog") => async (page: Page) => {
  await page.keyboard.press(key);
  await expect(page.getByRole(role).first()).toBeVisible();
};

const taskMenu = (item: string) => async (page: Page, word: Word) => {
  await page.getByRole("button", { name: word("task", "task_actions") }).click();
  await page.getByRole("menuitem", { name: word("task", item) }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
};

const dialog = (page: Page) => page.getByRole("dialog");

const dialogOf = (part: string, key: string) => async (page: Page, word: Word) => {
  await page.getByRole("button", { name: word(part, key), exact: true }).first().click();
  await expect(dialog(page)).toBeVisible();
};

/** Notices go by themselves, but not while they are looked through. */
async function pinned(page: Page) {
  await expect(page.getByRole("grid").getByRole("row").nth(4)).toBeVisible();
  await page.getByRole("grid").focus();
  await page.keyboard.press("i");
  await expect(page.locator("[data-sonner-toast]")).toBeVisible();
  await page.keyboard.press("Alt+T");
}

/** Before anything was done. */
export const emptyStates: State[] = ["/", "/board", "/backlog", "/pulls"].map((path) => ({ name: `empty ${path}`, path: () => path }));

export const states: State[] = [
  { name: "home", path: () => "/" },
  { name: "list of keys", path: () => "/operations", open: press("?") },
  { name: "palette", path: () => "/operations", open: press("Control+k") },
  { name: "sidebar of a phone", path: () => "/operations", width: 360, open: (page, word) => page.getByRole("button", { name: word("common", "menu") }).click().then(() => expect(page.getByRole("dialog")).toBeVisible()) },
  {
    name: "list of repositories",
    path: () => "/",
    open: async (page, word) => {
      await page.getByRole("button", { name: new RegExp(`^${word("home", "repo")}:`) }).click();
      await page.getByRole("combobox").fill("https://example.org/nowhere");
      await expect(page.getByRole("option").first()).toBeVisible();
    },
  },
  { name: "task", path: ({ task }) => `/tasks/${task}`, open: async (page) => expect(page.getByRole("article").first()).toBeVisible() },
  { name: "menu of a task", path: ({ task }) => `/tasks/${task}`, open: (page, word) => page.getByRole("button", { name: word("task", "task_actions") }).click() },
  { name: "renaming", path: ({ task }) => `/tasks/${task}`, open: taskMenu("rename") },
  { name: "deleting", path: ({ task }) => `/tasks/${task}`, open: taskMenu("delete") },
  { name: "comparison", path: ({ task }) => `/tasks/${task}/compare`, open: (page) => expect(page.getByRole("grid").getByRole("row").nth(4)).toBeVisible() },
  {
    name: "sending comments",
    path: ({ task }) => `/tasks/${task}/compare`,
    open: async (page, word) => {
      await expect(page.getByRole("grid").getByRole("row").nth(4)).toBeVisible();
      await page.getByRole("grid").focus();
      await page.keyboard.press("]");
      await page.keyboard.press("c");
      await page.keyboard.type("?");
      await page.getByRole("button", { name: word("diff", "keep_comment") }).click();
      await page.getByRole("button", { name: new RegExp(`^${word("diff", "send_comments_other", { count: "\\d+" }).replace(/s$/, "s?")}$`) }).click();
      await expect(page.getByRole("dialog")).toBeVisible();
    },
  },
  { name: "run", path: ({ runs }) => `/runs/${runs[0]}`, open: (page) => expect(page.getByRole("grid").getByRole("row").nth(4)).toBeVisible() },
  { name: "log of a run", path: ({ runs }) => `/runs/${runs[0]}?tab=log` },
  { name: "sharing a run", path: ({ runs }) => `/runs/${runs[0]}?tab=log`, open: dialogOf("run", "share.button"), shown: dialog },
  {
    name: "link to a run",
    path: ({ runs }) => `/runs/${runs[0]}?tab=log`,
    open: async (page, word) => {
      await dialogOf("run", "share.button")(page, word);
      await page.getByRole("button", { name: word("run", "share.make") }).click();
    },
    shown: (page, word) => page.getByRole("textbox", { name: word("run", "share.address"), exact: true }),
  },
  { name: "request of a run", path: ({ runs }) => `/runs/${runs[0]}?tab=request` },
  { name: "usage of a run", path: ({ runs }) => `/runs/${runs[0]}?tab=usage` },
  { name: "run that failed", path: ({ failed }) => `/runs/${failed}`, open: (page) => expect(page.getByRole("alert")).toBeVisible() },
  { name: "creating a pull request", path: ({ runs }) => `/runs/${runs[0]}?tab=log`, open: dialogOf("pulls", "create"), shown: dialog },
  {
    name: "pull request that cannot be",
    path: ({ runs }) => `/runs/${runs[0]}?tab=log`,
    open: async (page, word) => {
      await dialogOf("pulls", "create")(page, word);
      await page.getByRole("button", { name: word("pulls", "create_it") }).click();
    },
    shown: (page) => page.getByRole("dialog").getByRole("alert"),
  },
  {
    name: "creating a pull request in own words",
    path: ({ runs }) => `/runs/${runs[0]}?tab=log`,
    open: async (page, word) => {
      await dialogOf("pulls", "create")(page, word);
      await page.getByRole("radio", { name: new RegExp(`^${word("pulls", "way.own")}`) }).check();
    },
    shown: (page, word) => page.getByRole("textbox", { name: word("pulls", "title"), exact: true }),
  },
  { name: "notice", path: ({ task }) => `/tasks/${task}/compare`, open: pinned, shown: (page) => page.locator("[data-sonner-toast]") },
  {
    name: "server away",
    path: () => "/operations",
    open: async (page) => {
      await page.route("**/v1/events*", (route) => route.abort("internetdisconnected"));
      await page.reload();
    },
    shown: (page, word) => page.getByText(new RegExp(`^${word("common", "offline", { time: ".*" })}`)),
    close: (page) => page.unroute("**/v1/events*"),
  },
  { name: "task that is not there", path: () => "/tasks/00000000-0000-7000-8000-000000000000", open: (page) => expect(page.getByRole("alert")).toBeVisible() },
  { name: "no page", path: () => "/nowhere" },
  { name: "board", path: () => "/board" },
  { name: "backlog", path: () => "/backlog" },
  { name: "pull requests", path: () => "/pulls" },
  { name: "operations", path: () => "/operations" },
  ...["models", "github", "defaults", "agents", "storage", "about"].map((section): State => ({ name: `settings: ${section}`, path: () => `/settings/${section}` })),
  { name: "adding a model", path: () => "/settings/models", open: (page, word) => page.getByRole("button", { name: word("settings", "add_model") }).first().click().then(() => expect(page.getByRole("dialog")).toBeVisible()) },
];

/** Everything has come, and nothing has moved for some frames. */
export async function settled(page: Page) {
  await expect(page.locator("h1")).toBeAttached();
  await expect(page.locator("main .animate-pulse")).toHaveCount(0);
  await page.evaluate(async () => {
    const frame = () => new Promise(requestAnimationFrame);
    const places = () => [...document.querySelectorAll("main *")].map((one) => one.getBoundingClientRect().top).join();
    let frames = 0;
    for (let before = "", still = 0; still < 4; before = places()) {
      await frame();
      if (++frames > 600) throw new Error("the page never stands still");
      still = places() === before ? still + 1 : 0;
    }
  });
}
