// WCAG 2.2 AA by axe: every page and state, light and dark, English and Japanese, on a phone and a wide window.
import type { Page } from "@playwright/test";
import { violations } from "./accessible";
import { expect, signIn, test } from "./given";
import { seed, type Seed } from "./seed";
import { emptyStates, languages, settled, sizes, states, themes, words, type State, type Word } from "./states";

const nothing: Seed = { task: "", runs: [], failed: "" };

async function look(page: Page, state: State, seed: Seed, word: Word) {
  const wrong: string[] = [];
  const wanted = sizes.filter(({ width }) => !state.width || state.width === width);
  await page.setViewportSize(wanted[0] ?? { width: 1440, height: 900 });
  await page.goto(state.path(seed));
  await settled(page);
  await state.open?.(page, word, seed);
  for (const size of wanted) {
    await page.setViewportSize(size);
    await settled(page);
    for (const colorScheme of themes) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      const where = `${state.name}, ${colorScheme}, ${size.width} px`;
      await expect(state.shown?.(page, word) ?? page.locator("h1"), where).toBeAttached();
      wrong.push(...(await violations(page)).map((one) => `${where}: ${one}`));
      if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) wrong.push(`${where}: the page scrolls sideways`);
    }
  }
  return wrong;
}

test.use({ settings: { DURSOR_SHARE_LINKS: "true" } });

test("every page and state is accessible to all", async ({ browserOf, faults, server }) => {
  test.setTimeout(900_000);
  faults.expect(/Failed to load resource: .* [45]\d\d/, /Failed to load resource: net::ERR_INTERNET_DISCONNECTED/);
  const wrong: string[] = [];
  const windows: { page: Page; language: string }[] = [];
  for (const [language, locale] of languages) {
    const page = await (await browserOf({ locale })).newPage();
    if (windows.length) server.login = server.run("token", "--login");
    await signIn(page, server);
    windows.push({ page, language });
  }
  const lookAt = async (all: State[], made: Seed) => {
    for (const { page, language } of windows) {
      for (const state of all) {
        const told = await look(page, state, made, words(language)).catch((error: unknown) => [`${state.name}: ${String(error)}`]);
        await state.close?.(page);
        wrong.push(...told.map((one) => `${language}, ${one}`));
      }
    }
  };
  await lookAt(emptyStates, nothing);
  await lookAt(states, await seed(server));
  expect(wrong).toEqual([]);
});
