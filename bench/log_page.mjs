// Opens the log of a run in Chromium and says in one line of JSON how it is read, or followed while lines come:
//     node bench/log_page.mjs LOGIN-ADDRESS PATH read WORD
//     node bench/log_page.mjs LOGIN-ADDRESS PATH follow
import { createRequire } from "node:module";

const { chromium } = createRequire(new URL("../web/", import.meta.url))("@playwright/test");
const [login, path, how, word] = process.argv.slice(2);
const patience = 120_000;
const places = 120; // of the log that are looked at, one after another

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
await page.addInitScript(() => {
  const seen = { tasks: [], first: 0 };
  window.seen = seen;
  new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => seen.tasks.push(duration))).observe({ type: "longtask", buffered: true });
  const look = () => {
    if (/\S/.test(document.querySelector("[role=log] span + span")?.textContent ?? "")) seen.first = performance.now();
    else requestAnimationFrame(look);
  };
  addEventListener("DOMContentLoaded", look);
});
const tools = await page.context().newCDPSession(page);
await tools.send("Performance.enable");

const log = page.getByRole("log");
const wholeNumber = (text) => Number(text.replace(/\D/g, ""));

/** Number of the last line that is seen, counted from one; all lines that are seen have their text. */
const lastSeen = () =>
  page.evaluate(() => {
    const box = document.querySelector("[role=log]");
    const { top, bottom } = box.getBoundingClientRect();
    const rows = [...box.querySelectorAll(":scope > div > div")].filter((row) => row.getBoundingClientRect().bottom > top && row.getBoundingClientRect().top < bottom - 8);
    const complete = rows.length > 1 && rows.every((row) => /\S/.test(row.lastElementChild.textContent));
    return complete ? Math.max(...rows.map((row) => Number(row.firstElementChild.textContent))) : 0;
  });

async function until(condition, what) {
  const end = Date.now() + patience;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`never came: ${what}`);
    await page.waitForTimeout(20);
  }
}

async function held() {
  await tools.send("HeapProfiler.collectGarbage");
  const { metrics } = await tools.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "JSHeapUsedSize").value / 2 ** 20;
}

/** What happened since the last call. */
let told = 0;
async function longest() {
  const tasks = await page.evaluate(() => window.seen.tasks);
  const worst = Math.max(0, ...tasks.slice(told));
  told = tasks.length;
  return worst;
}

const scrollTo = (part) => log.evaluate((box, at) => void (box.scrollTop = at * box.scrollHeight), part);

async function read() {
  await until(() => page.evaluate(() => window.seen.first), "the first line");
  const opened = { first: await page.evaluate(() => window.seen.first), load: await longest(), opened: await held() };
  const total = wholeNumber(await page.getByText(/^[\d,]+ lines$/).innerText());
  await scrollTo(1);
  await until(async () => (await lastSeen()) === total, "the last line");
  for (let at = 0; at < places; at++) {
    await scrollTo((1 + ((at * 37) % places)) / (places + 1));
    await page.mouse.move(700, 600);
    await page.mouse.wheel(0, 300);
    await until(lastSeen, "lines where it was scrolled to");
  }
  const scrolled = { scroll: await longest(), scrolled: await held() };
  await page.getByRole("searchbox").fill(word);
  const began = Date.now();
  await page.getByRole("searchbox").press("Enter");
  await until(() => log.getByText(new RegExp(`\\b${word}\\b`)).count(), "a line with the word");
  return { ...opened, ...scrolled, search: Date.now() - began, lines: total };
}

async function follow() {
  await until(() => page.evaluate(() => window.seen.first), "the first line");
  await longest();
  let behind = 0;
  await until(async () => {
    const ended = await page.getByText("Succeeded").count();
    if (!(await lastSeen())) behind++;
    return ended;
  }, "the end of the run");
  const ended = Date.now();
  const total = await until(async () => {
    const all = wholeNumber(await page.getByText(/^[\d,]+ lines$/).innerText());
    return (await lastSeen()) === all && all;
  }, "the last line");
  return { follow: await longest(), held: await held(), behind, late: Date.now() - ended, lines: total };
}

await page.goto(login);
await page.waitForURL((url) => url.pathname !== "/login", { timeout: patience });
await page.waitForSelector("main h1", { timeout: patience });
await page.goto(new URL(path, login).href);
console.log(JSON.stringify(how === "follow" ? await follow() : await read()));
await browser.close();
