/** A notice in a narrow window: what it says stands beside its mark, and not below it. */
import { expect, test } from '@playwright/test';
import type { App } from '../../src-main/app/index.ts';
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
  seeded = await seededHome({});
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
