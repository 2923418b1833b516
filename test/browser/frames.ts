/**
 * What the focus goes through by Tab and whose frame (its outline) is cut off: by a part that scrolls or hides what lies
 * beyond it. A part of which only a piece is in sight, as of a map that is higher than the window, is no finding.
 */
import type { Page } from '@playwright/test';

/** @param steps how often Tab is pressed, from the beginning of the place on */
export async function cutFrames(page: Page, steps: number): Promise<string[]> {
  const found = new Set<string>();
  await page.evaluate(() => document.querySelector<HTMLElement>('main')!.focus());
  for (let step = 0; step < steps; step++) {
    await page.keyboard.press('Tab');
    const cut = await page.evaluate(() => {
      const element = document.activeElement!;
      if (!element.closest('main')) return null;
      const { outlineOffset, outlineWidth, outlineStyle } = getComputedStyle(element);
      const name = (element.getAttribute('aria-label') ?? element.textContent ?? '').trim().slice(0, 40);
      if (outlineStyle === 'none') return `${name} has none`;
      const beyond = parseFloat(outlineOffset) + parseFloat(outlineWidth);
      const box = element.getBoundingClientRect();
      for (let at = element.parentElement; at; at = at.parentElement) {
        const { overflowX, overflowY } = getComputedStyle(at);
        if (overflowX === 'visible' && overflowY === 'visible') continue;
        const { left, top } = at.getBoundingClientRect();
        const [x, y] = [left + at.clientLeft, top + at.clientTop];
        const room = {
          left: box.left - x,
          top: box.top - y,
          right: x + at.clientWidth - box.right,
          bottom: y + at.clientHeight - box.bottom,
        };
        for (const [side, pixels] of Object.entries(room))
          if (pixels > -1 && pixels < beyond - 0.5) return `${name}: ${side}`;
      }
      return null;
    });
    if (cut !== null) found.add(cut);
  }
  return [...found];
}
