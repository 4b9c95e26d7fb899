// Opens the board in Chromium and says in one line of JSON how it comes, scrolls, grows and is dragged on:
//     node bench/board_page.mjs LOGIN-ADDRESS PARTS
// PARTS: how many are shown in the end, the first among them.
import { createRequire } from "node:module";

const { chromium } = createRequire(new URL("../web/", import.meta.url))("@playwright/test");
const [login, parts] = process.argv.slice(2);
const patience = 60_000;

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await (await browser.newContext({ viewport: { width: 1920, height: 900 } })).newPage();
await page.addInitScript(() => {
  const tasks = [];
  window.tasks = tasks;
  new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => tasks.push(duration))).observe({ type: "longtask", buffered: true });
});
const tools = await page.context().newCDPSession(page);
await tools.send("Performance.enable");

let told = 0;
/** The longest task since the last call. */
async function longest() {
  const tasks = await page.evaluate(() => window.tasks);
  const worst = Math.max(0, ...tasks.slice(told));
  told = tasks.length;
  return worst;
}

async function held() {
  await tools.send("HeapProfiler.collectGarbage");
  const { metrics } = await tools.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "JSHeapUsedSize").value / 2 ** 20;
}

const cards = page.locator("main li:has(a)");
const handles = page.getByRole("button", { name: /^Move / });
const frames = (count) => page.evaluate(async (n) => { for (let at = 0; at < n; at++) await new Promise(requestAnimationFrame); }, count);

async function shown(count) {
  await page.waitForFunction((wanted) => document.querySelectorAll("main li:has(a)").length >= wanted, count, { timeout: patience });
  await frames(5);
}

async function scroll() {
  await page.mouse.move(900, 600);
  for (let step = 0; step < 40; step++) {
    await page.mouse.wheel(0, step % 10 === 9 ? -4_000 : 1_500);
    await frames(2);
  }
  await page.locator("main").evaluate((main) => void (main.scrollTop = 0));
}

/** A card over all columns and back to where it was. */
async function drag() {
  const lanes = page.getByRole("main").getByRole("region");
  await handles.first().hover();
  await page.mouse.down();
  for (let round = 0; round < 2; round++)
    for (let at = 0; at < (await lanes.count()); at++) {
      const box = await lanes.nth(at).boundingBox();
      await page.mouse.move(box.x + box.width / 2, 400, { steps: 5 });
      await frames(2);
    }
  await page.keyboard.press("Escape");
  await page.mouse.up();
  await frames(5);
}

const seen = {};
async function look(called) {
  await longest();
  await scroll();
  seen[`scroll${called}`] = await longest();
  await drag();
  seen[`drag${called}`] = await longest();
  seen[`held${called}`] = await held();
}

await page.goto(login);
await page.waitForURL((url) => url.pathname !== "/login", { timeout: patience });
await page.waitForSelector("main h1", { timeout: patience });
await page.goto(new URL("/board", login).href);
await shown(1);
await frames(30);
seen.open = await longest();
const part = await cards.count();
await look("");
for (let n = 2; n <= Number(parts); n++) {
  await page.getByRole("main").getByRole("button", { name: "Show more" }).click();
  await shown(n * part);
}
seen.more = await longest();
await look("All");
console.log(JSON.stringify({ ...seen, part, all: await cards.count() }));
await browser.close();
