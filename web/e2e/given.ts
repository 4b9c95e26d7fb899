// What every test begins with: a server, and a browser that tells all that a page must never do.
import { test as base, expect, type BrowserContext, type BrowserContextOptions, type Locator, type Page } from "@playwright/test";
import { Server } from "./server";

export { expect };
export const demoTask = "Greet in Japanese as well, with a test for it";

/** What happened in the browser and may not: each a sentence. */
export class Faults {
  readonly told: string[] = [];
  private expected: RegExp[] = [];

  /** The test brings these about. */
  expect(...patterns: RegExp[]) {
    this.expected.push(...patterns);
  }

  unexpected() {
    return this.told.filter((one) => !this.expected.some((pattern) => pattern.test(one)));
  }

  async watch(context: BrowserContext, origins: string[]) {
    await context.exposeBinding("tellFault", (_source, sentence: string) => void this.told.push(sentence));
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile, lineNumber }) => {
        void (window as unknown as { tellFault: (sentence: string) => void }).tellFault(`policy ${violatedDirective} was violated by ${blockedURI} in ${sourceFile}:${lineNumber}`);
      });
    });
    context.on("weberror", (error) => void this.told.push(`error in the page: ${error.error().stack ?? error.error().message}`));
    context.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") this.told.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
    });
    context.on("request", (request) => {
      const url = new URL(request.url());
      if (url.protocol.startsWith("http") && !origins.includes(url.origin)) this.told.push(`request to another host: ${request.url()}`);
    });
  }
}

interface Given {
  faults: Faults;
  /** Of the server, beside those that every test has. */
  settings: Record<string, string>;
  server: Server;
  /** Another browser (cookies, storage) of somebody who signed in; at another address when there is a proxy. */
  browserOf: (options?: BrowserContextOptions, origin?: string) => Promise<BrowserContext>;
  /** Signed in, at the first page. */
  home: Page;
}

/** Opens the address that serve prints, through a proxy when there is one. */
export async function signIn(page: Page, server: Server, origin = server.origin) {
  await page.goto(server.login.replace(/^https?:\/\/[^/]+/, origin));
  await expect(page.getByRole("heading", { level: 1, name: /What should be done\?|何をしますか/ })).toBeVisible();
}

export const test = base.extend<Given>({
  faults: async ({ browserName: _ }, use) => {
    const faults = new Faults();
    await use(faults);
    expect(faults.unexpected()).toEqual([]);
  },
  settings: [{}, { option: true }],
  server: async ({ settings }, use, info) => {
    const server = await Server.start(settings);
    await use(server);
    if (info.status !== info.expectedStatus) process.stderr.write(`${server.log()}\n`);
    await server.end();
  },
  browserOf: async ({ browser, faults, server }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (options = {}, origin = server.origin) => {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB", baseURL: origin, ...options });
      contexts.push(context);
      await faults.watch(context, [origin, server.origin]);
      return context;
    });
    for (const context of contexts) await context.close();
  },
  home: async ({ browserOf, server }, use) => {
    const page = await (await browserOf()).newPage();
    await signIn(page, server);
    await use(page);
  },
});

/** Starts the demo from the list of first steps; the page is the task's then. */
export async function startDemo(page: Page) {
  await page.getByRole("button", { name: "Start the demo" }).click();
  await expect(page.getByRole("heading", { level: 1, name: demoTask })).toBeVisible();
  await expect(cards(page).first()).toBeVisible();
}

/** Sends what is written, when the page says that it can be sent. */
export async function sendByKeys(page: Page, words: Locator) {
  await expect(page.getByRole("main").getByRole("button", { name: /^Start [1-9]\d* runs?$/ })).toBeEnabled();
  await words.press("Control+Enter");
}

export const cards = (page: Page) => page.getByRole("region", { name: "Runs of this message" }).last().getByRole("article");

/** All runs of the newest message are shown as ended well. */
export async function runsEnd(page: Page, count: number) {
  await expect(cards(page)).toHaveCount(count);
  await expect(cards(page).getByText("Succeeded")).toHaveCount(count, { timeout: 45_000 });
}
