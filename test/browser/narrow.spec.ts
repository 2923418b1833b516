/** A narrow window: what a notice says stands beside its mark, words stay whole, and sentences have room. */
import { expect, test } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';
import type { App } from '../../src-main/app/index.ts';
import { cutOff } from './cutOff.ts';
import { openAt, startHost } from './host.ts';
import type { RunningHost } from './host.ts';
import { seededHome } from './seed.ts';
import type { SeededHome } from './seed.ts';

let seeded: SeededHome;
let host: RunningHost;

/** An application whose plans of experiments are refused. */
const refusing = (app: App): App => ({
  ...app,
  handle: (async (method: string, params: unknown, context?: { signal?: AbortSignal }) => {
    const answer = await app.handle(method, params, context);
    if (method !== 'lab.plan') return answer;
    const message =
      'these photos are too few for this study, however it is asked: add the folder that holds all of them';
    return { ...(answer as object), refusals: [{ setting: 'batchSize', message }] };
  }) as App['handle'],
});

test.beforeAll(async () => {
  seeded = await seededHome({ 'a run': {} });
  host = await startHost({ home: seeded.home, seen: refusing });
});
test.afterAll(async () => {
  await host.close();
  seeded.remove();
});

test('a refusal of the Lab stands beside its mark', async ({ page }) => {
  await openAt(page, host, '#/lab/predictor');
  const notice = page.getByRole('main').getByRole('alert');
  for (const width of [1440, 800, 400]) {
    await page.setViewportSize({ width, height: 600 });
    const [mark, text] = [notice.locator('svg'), notice.locator('p')];
    await expect(text).toContainText('too few for this study');
    const [left, right] = [(await mark.boundingBox())!, (await text.boundingBox())!];
    expect(right.x).toBeGreaterThan(left.x + left.width);
    expect(Math.abs(right.y + right.height / 2 - left.y - left.height / 2)).toBeLessThan(2);
  }
});

/** Words of plain letters that a line ends within, where no column of a table holds them. */
const brokenWords = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const found: string[] = [];
    const texts = document.createTreeWalker(document.querySelector('main')!, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      if (!node.parentElement!.checkVisibility() || node.parentElement!.closest('option, td')) continue;
      for (const { index, 0: word } of node.textContent!.matchAll(/(?<![\w/])[A-Za-z]{2,16}(?![\w/])/g)) {
        const range = document.createRange();
        range.setStart(node, index);
        range.setEnd(node, index + word.length);
        if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1) found.push(word);
      }
    }
    return found;
  });

test('words stay whole, and what a place is about has room beside what one can do', async ({ page }) => {
  await page.setViewportSize({ width: 400, height: 800 });
  await openAt(page, host, '#/');
  const title = page.getByRole('main').getByRole('heading', { level: 1 });
  for (const hash of ['', 'library', 'new', 'runs', 'evaluate', 'lab', 'export', 'settings', 'help', 'activity']) {
    await page.goto(new URL(`#/${hash}`, page.url()).href);
    await expect(title).toBeVisible();
    await expect.soft.poll(() => brokenWords(page), { message: hash }).toEqual([]);
    const lines = page.locator('header p').filter({ visible: true });
    for (const line of await lines.all())
      expect.soft((await line.boundingBox())!.width, `${hash}: ${await line.innerText()}`).toBeGreaterThan(160);
    await expect.soft.poll(() => cutOff(page), { message: hash }).toEqual([]);
  }
});

test('Welcome and Evaluate keep the same distance on both sides', async ({ page }) => {
  await page.setViewportSize({ width: 400, height: 800 });
  await openAt(page, host, '#/');
  const width = async (within: Locator) => (await within.boundingBox())!;
  const isWithin = async (part: Locator, whole: Locator) => {
    const [inner, outer] = [await width(part), await width(whole)];
    expect(inner.x + inner.width).toBeLessThanOrEqual(outer.x + outer.width - 16);
  };
  const main = page.getByRole('main');
  await isWithin(main.getByRole('button', { name: 'Add a folder of photos' }), main);
  await page.goto(new URL('#/evaluate', page.url()).href);
  await isWithin(main.getByRole('combobox', { name: 'Test on' }), main.locator('form'));
});
