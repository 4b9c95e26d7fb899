// WCAG 2.2 AA by axe: every page and state, light and dark, English and Japanese, on a phone and a wide window.
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, signIn, test } from "./given";
import { seed, type Seed } from "./seed";
import { emptyStates, languages, settled, sizes, states, themes, words, type State, type Word } from "./states";

const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
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
    for (const colorScheme of themes) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await settled(page);
      const { violations } = await new AxeBuilder({ page }).withTags(rules).setLegacyMode().analyze();
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      const where = `${state.name}, ${colorScheme}, ${size.width} px`;
      if (sideways) wrong.push(`${where}: the page scrolls sideways`);
      for (const { id, nodes } of violations) wrong.push(`${where}: ${id}: ${nodes.map((node) => `${node.html.slice(0, 200)} ${node.failureSummary?.replace(/\s+/g, " ")}`).slice(0, 3).join(" | ")}`);
    }
  }
  return wrong;
}

for (const [language, locale] of languages) {
  test(`every page and state is accessible to all: ${language}`, async ({ browserOf, faults, server }) => {
    test.setTimeout(300_000);
    faults.expect(/Failed to load resource: .* 4\d\d/);
    const page = await (await browserOf({ locale })).newPage();
    await signIn(page, server);
    const wrong: string[] = [];
    const lookAt = async (state: State, made: Seed) => {
      const told = await look(page, state, made, words(language)).catch((error: unknown) => [`${state.name}: ${String(error)}`]);
      wrong.push(...told.map((one) => `${language}, ${one}`));
    };
    for (const state of emptyStates) await lookAt(state, nothing);
    const made = await seed(server);
    for (const state of states) await lookAt(state, made);
    expect(wrong).toEqual([]);
  });
}
