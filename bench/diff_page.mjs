// Opens a comparison in Chromium and says in one line of JSON how its lines scroll:
//     node bench/diff_page.mjs LOGIN-ADDRESS PATH unified|split
import { createRequire } from "node:module";

const { chromium } = createRequire(new URL("../web/", import.meta.url))("@playwright/test");
const [login, path, layout] = process.argv.slice(2);
const patience = 60_000;

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
await page.addInitScript((wanted) => {
  localStorage.setItem("dursor.diff.layout", wanted);
  const seen = { tasks: [], delays: [], violations: 0, answered: 0, first: 0 };
  window.seen = seen;
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => seen.tasks.push(entry.duration))).observe({ type: "longtask", buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (/\/diff\?/.test(entry.name)) seen.answered = entry.responseEnd;
  }).observe({ type: "resource", buffered: true });
  addEventListener("keydown", (event) => seen.delays.push(performance.now() - event.timeStamp), true);
  document.addEventListener("securitypolicyviolation", () => seen.violations++);
  const look = () => {
    if (document.querySelector(".diff-code[data-kind=added]")) seen.first = performance.now();
    else requestAnimationFrame(look);
  };
  addEventListener("DOMContentLoaded", look);
}, layout);

await page.goto(login);
await page.waitForURL((url) => url.pathname !== "/login", { timeout: patience });
await page.waitForSelector("main h1", { timeout: patience });
const loaded = () => page.evaluate(() => performance.getEntriesByType("resource").filter(({ name }) => /\/assets\/.*\.(js|css)$/.test(name)).map(({ name, encodedBodySize }) => [name, encodedBodySize]));
const before = new Map(await loaded());
await page.goto(new URL(path, login).href);
await page.waitForFunction(() => window.seen.first > 0 && window.seen.answered > 0, null, { timeout: patience });
await page.waitForSelector(".diff-code [class^=hljs-]", { timeout: patience });
const opened = await page.evaluate(() => ({ first: window.seen.first - window.seen.answered, load: Math.max(0, ...window.seen.tasks), tasks: window.seen.tasks.length }));

await page.mouse.move(900, 600);
for (let step = 0; step < 150; step++) {
  await page.mouse.wheel(0, step % 30 === 29 ? 20_000 : 700);
  if (step % 3 === 0) await page.keyboard.press("F8");
  await page.waitForTimeout(30);
}
for (let step = 0; step < 20; step++) {
  await page.keyboard.press(step % 4 === 3 ? "k" : "j");
  await page.waitForTimeout(100);
}
const moved = await page.evaluate((from) => ({ scroll: Math.max(0, ...window.seen.tasks.slice(from)), delays: window.seen.delays, violations: window.seen.violations }), opened.tasks);
const tools = await page.context().newCDPSession(page);
await tools.send("HeapProfiler.collectGarbage");
await tools.send("Performance.enable");
const { metrics } = await tools.send("Performance.getMetrics");
const lazy = (await loaded()).reduce((sum, [name, size]) => sum + (before.has(name) ? 0 : size), 0);
const delays = moved.delays.toSorted((a, b) => a - b);
console.log(
  JSON.stringify({
    first: opened.first,
    load: opened.load,
    scroll: moved.scroll,
    delay: delays[Math.floor(delays.length * 0.95)],
    heap: metrics.find((metric) => metric.name === "JSHeapUsedSize").value / 2 ** 20,
    lazy: lazy / 1000,
    violations: moved.violations,
  }),
);
await browser.close();
