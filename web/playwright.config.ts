// The pages in a real browser, against the real program (DURSOR_BINARY). test/e2e/web_pages_test.py runs it.
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "@playwright/test";

const root = process.getuid?.() === 0; // Chromium's sandbox does not work as root

export default defineConfig({
  testDir: "e2e",
  testIgnore: process.env.DURSOR_SHOTS ? [] : ["shots.spec.ts"],
  outputDir: join(tmpdir(), "dursor-pages"),
  workers: 1,
  retries: 0,
  timeout: 120_000, // of a machine that has much else to do
  expect: { timeout: 20_000 },
  reporter: process.env.DURSOR_TAP ? [["./e2e/tap.ts"]] : [["list"]],
  use: {
    browserName: "chromium",
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    actionTimeout: 15_000,
    navigationTimeout: 30_000,
    trace: "off",
    launchOptions: { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: root ? ["--no-sandbox"] : [] },
  },
});
