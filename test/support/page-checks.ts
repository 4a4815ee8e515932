import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** Findings that keep somebody from using the page; by default of every rule. */
export async function seriousFindings(page: Page, rules?: string[]): Promise<unknown[]> {
  const axe = new AxeBuilder({ page });
  const { violations } = await (rules === undefined ? axe : axe.withRules(rules)).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => ({ id, at: nodes.map(({ target }) => target.join(' ')) }));
}

/**
 * How wide the page is, in pixels, when its charts have taken the width of the window. They take it with the
 * next frame, and headless Chromium may draw none for seconds unless a picture is asked for: seen in two of
 * five runs, with requestAnimationFrame waiting as long.
 */
async function pageWidthPx(page: Page, widthPx: number): Promise<number> {
  const until = Date.now() + 3_000;
  for (;;) {
    await page.screenshot();
    const measured = Number(await page.evaluate('document.documentElement.scrollWidth'));
    if (measured <= widthPx || Date.now() > until) return measured;
  }
}

/**
 * How wide the page is in windows of 1440, 1024 and 390 pixels.
 *
 * @param picture where a picture of each is to be kept, without `-1440.png`; null = none
 */
export async function widthsPx(page: Page, picture: string | null): Promise<number[]> {
  const widths: number[] = [];
  for (const width of [1440, 1024, 390]) {
    await page.setViewportSize({ width, height: 900 });
    widths.push(await pageWidthPx(page, width));
    if (picture !== null) await page.screenshot({ path: `${picture}-${width}.png`, fullPage: true });
  }
  return widths;
}
