// Pictures of every page and state, to look at: DURSOR_SHOTS=FOLDER npx playwright test shots
import { mkdirSync } from "node:fs";
import { expect, signIn, test } from "./given";
import { seed } from "./seed";
import { emptyStates, languages, settled, sizes, states, themes, words } from "./states";

const folder = process.env.DURSOR_SHOTS ?? "";

test.use({ settings: { DURSOR_SHARE_LINKS: "true" } });

for (const [language, locale] of languages) {
  test(`pictures of every page: ${language}`, async ({ browserOf, faults, server }) => {
    test.setTimeout(900_000);
    faults.expect(/Failed to load resource: .* [45]\d\d/, /Failed to load resource: net::ERR_INTERNET_DISCONNECTED/);
    mkdirSync(folder, { recursive: true });
    const page = await (await browserOf({ locale, reducedMotion: "reduce" })).newPage();
    await signIn(page, server);
    let made = { task: "", runs: [] as string[], failed: "" };
    for (const state of [...emptyStates, ...states]) {
      if (state === states[0]) made = await seed(server);
      for (const size of sizes.filter(({ width }) => !state.width || state.width === width)) {
        await page.setViewportSize(size);
        await page.goto(state.path(made));
        await settled(page);
        await state.open?.(page, words(language), made);
        if (state.shown) await expect(state.shown(page, words(language))).toBeAttached();
        for (const colorScheme of themes) {
          await page.emulateMedia({ colorScheme });
          await settled(page);
          await page.screenshot({ path: `${folder}/${state.name.replace(/\W+/g, "-")}-${language}-${size.width}-${colorScheme}.png`, timeout: 20_000 });
        }
        await state.close?.(page);
      }
    }
  });
}
