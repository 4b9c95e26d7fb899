// A scripted GitHub beside the server (test/e2e/github_serve.py), with a repository that the server reaches.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createInterface } from "node:readline";
import type { Page } from "@playwright/test";
import { cards, expect, runsEnd, test as given } from "./given";
import { Server } from "./server";

export { expect };
export const app = "octo/app";
export const instruction = "Greet in Japanese as well, with a test for it";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface HubPull {
  number: number;
  state: "open" | "closed";
  title: string;
  body: string;
  head: string;
  base: string;
  sha: string;
  draft: boolean;
}

interface Told {
  web: string;
  app: Record<string, string>;
  token: Record<string, string>;
}

export class Hub {
  private constructor(
    private readonly process: ChildProcess,
    private readonly lines: AsyncIterator<string>,
    /** What a server is started with to reach it, as an App or with a person's token. */
    readonly told: Told,
  ) {}

  static async start() {
    const env = { ...process.env, DURSOR_TEST_ROOT: process.env.DURSOR_TEST_ROOT ?? root };
    const child = spawn("python3", [`${root}/test/e2e/github_serve.py`], { env, stdio: ["pipe", "pipe", "inherit"] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return new Hub(child, lines, JSON.parse(String((await lines.next()).value)) as Told);
  }

  async tell<T = unknown>(...command: unknown[]): Promise<T> {
    this.process.stdin?.write(`${JSON.stringify(command)}\n`);
    const { value, done } = await this.lines.next();
    if (done) throw new Error(`the scripted GitHub ended at ${JSON.stringify(command)}`);
    return JSON.parse(value) as T;
  }

  pulls = () => this.tell<HubPull[]>("pulls", app);
  merge = (number: number) => this.tell("merge", app, number);
  set = (facts: { archived?: boolean; push?: boolean }) => this.tell("set", app, facts);

  async end() {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    this.process.stdin?.end();
    await once(this.process, "exit");
  }
}

export const test = given.extend<{ hub: Hub; reach: "app" | "token" }>({
  reach: ["app", { option: true }],
  hub: async ({ browserName: _ }, use) => {
    const hub = await Hub.start();
    await hub.tell("repository", app);
    await use(hub);
    const faults = await hub.tell("faults");
    await hub.end();
    expect(faults).toEqual([]);
  },
  server: async ({ hub, reach }, use, info) => {
    const server = await Server.start(hub.told[reach]);
    await use(server);
    if (info.status !== info.expectedStatus) process.stderr.write(`${server.log()}\n`);
    await server.end();
  },
});

/** Chooses the repository of GitHub, says what should be done, and waits for the runs; the page is the task's then. */
export async function work(page: Page, runs = 3) {
  await page.getByRole("button", { name: /^Repository:/ }).click();
  await page.getByRole("option", { name: new RegExp(`^${app}`) }).click();
  await expect(page.getByRole("button", { name: `Repository: ${app}` })).toBeVisible();
  for (const name of ["demo-thorough", "demo-quick"].slice(0, 3 - runs)) await page.getByRole("button", { name: new RegExp(`Leave out ${name}`) }).click();
  await page.getByRole("main").getByRole("textbox", { name: "What should be done?" }).fill(instruction);
  await page.getByRole("button", { name: /^Start \d runs?$/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: instruction })).toBeVisible();
  await runsEnd(page, runs);
  await expect(cards(page)).toHaveCount(runs);
}
