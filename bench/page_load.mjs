// Opens pages in Chromium, each with nothing kept from before but who is signed in, and says in one line of JSON how each came:
//     node bench/page_load.mjs LOGIN-ADDRESS free|slow '{"NAME": ["PATH", "SELECTOR OF WHAT IS WAITED FOR"]}'
import { createRequire } from "node:module";

const { chromium } = createRequire(new URL("../web/", import.meta.url))("@playwright/test");
const [login, pace, pages] = process.argv.slice(2);
const patience = 60_000;
const window_ = { width: 1440, height: 900 };
const quietMs = 1_000; // without anything painted, read or computed: the page rests
const slow = {
  cpu: 4, // times slower
  network: { offline: false, latency: 150, downloadThroughput: (1.6 * 2 ** 20) / 8, uploadThroughput: (750 * 2 ** 10) / 8 }, // ms, bytes a second
};

/** Runs in the page, before anything else does. */
function watch() {
  const seen = { first: 0, largest: 0, shift: 0, tasks: [], violations: 0, lastAt: 0 };
  window.seen = seen;
  const on = (type, note) =>
    new PerformanceObserver((list) => {
      seen.lastAt = performance.now();
      list.getEntries().forEach(note);
    }).observe({ type, buffered: true });
  on("paint", ({ name, startTime }) => name === "first-contentful-paint" && (seen.first = startTime));
  on("largest-contentful-paint", ({ startTime }) => (seen.largest = startTime));
  on("layout-shift", ({ value, hadRecentInput }) => (seen.shift += hadRecentInput ? 0 : value));
  on("longtask", ({ startTime, duration }) => seen.tasks.push([startTime, duration]));
  on("resource", () => {});
  document.addEventListener("securitypolicyviolation", () => seen.violations++);
}

async function load(browser, storageState, [path, awaited]) {
  const context = await browser.newContext({ viewport: window_, storageState });
  const page = await context.newPage();
  const tools = await context.newCDPSession(page);
  await tools.send("Network.enable");
  if (pace === "slow") {
    await tools.send("Emulation.setCPUThrottlingRate", { rate: slow.cpu });
    await tools.send("Network.emulateNetworkConditions", slow.network);
  }
  let bytes = 0;
  tools.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  await page.addInitScript(watch);
  await page.goto(new URL(path, login).href, { timeout: patience });
  await page.waitForSelector(awaited, { timeout: patience });
  await page.waitForFunction((quiet) => performance.now() - window.seen.lastAt > quiet && !document.querySelector("main .animate-pulse"), quietMs, { timeout: patience });
  const { first, largest, shift, tasks, violations } = await page.evaluate(() => window.seen);
  const script = await page.evaluate(() =>
    performance.getEntriesByType("resource").reduce((sum, { name, encodedBodySize }) => sum + (name.endsWith(".js") ? encodedBodySize : 0), 0),
  );
  await context.close();
  const blocked = tasks.reduce((sum, [at, took]) => sum + (at + took > first ? Math.max(0, took - 50) : 0), 0);
  return { first, largest, shift, blocked, violations, kilobytes: bytes / 1000, script: script / 1000 };
}

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const context = await browser.newContext({ viewport: window_ });
const page = await context.newPage();
await page.goto(login);
await page.waitForURL((url) => url.pathname !== "/login", { timeout: patience });
await page.waitForSelector("main h1", { timeout: patience });
const signedIn = await context.storageState();
await context.close();
const seen = {};
for (const [name, wanted] of Object.entries(JSON.parse(pages))) seen[name] = await load(browser, signedIn, wanted);
console.log(JSON.stringify(seen));
await browser.close();
