// WCAG 2.2 AA, as far as a program can tell.
import { expect, type Page } from "@playwright/test";
import axe from "axe-core";

const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** Nothing fades or slides any more: colours in between are nobody's choice. An inherited colour begins its own change when its
 * parent's has ended, so all is still only when nothing has begun for some frames. */
const standsStill = (page: Page) =>
  page.evaluate(async () => {
    for (let still = 0; still < 3; still++) {
      await new Promise(requestAnimationFrame);
      const ends = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
      if (ends.length) still = -1;
      await Promise.allSettled(ends.map((one) => one.finished));
    }
  });

/** What is wrong with the page as it is now, a sentence each. */
export async function violations(page: Page): Promise<string[]> {
  await standsStill(page);
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  return page.evaluate(async (tags) => {
    const found = await (window as unknown as { axe: typeof axe }).axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html.slice(0, 200)} ${node.failureSummary?.replace(/\s+/g, " ")}`).slice(0, 3).join(" | ")}`);
  }, rules);
}

export const isAccessible = async (page: Page) => expect(await violations(page)).toEqual([]);
