/**
 * Measures what is done with many photos, in the real window on the real application: choosing all, tagging some,
 * filtering by the tag, undoing. Prints one JSON object: for each act the milliseconds from the press to the first paint
 * that shows it, over several rounds, and of the application's process meanwhile the milliseconds of processor time (with
 * those of this script, which are few).
 *
 *   node scripts/measure-acts.ts FOLDER [--copies 50000] [--tagged 10000] [--rounds 5]
 *
 * FOLDER holds a few photos, which are linked again and again into a temporary folder; nothing is written into it.
 */
import { cpus, loadavg, tmpdir } from 'node:os';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';
import { findChromium } from '../test/browser/chromium.ts';
import { startHost } from '../test/browser/host.ts';
import { summary } from '../test/browser/measures.ts';
import { fillFolder } from './manyPhotos.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    copies: { type: 'string', default: '50000' },
    tagged: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '5' },
  },
});
const [copies, some, rounds] = [values.copies, values.tagged, values.rounds].map(Number) as [number, number, number];
const source = positionals[0];
if (!source) throw new Error('usage: node scripts/measure-acts.ts FOLDER [--copies N] [--tagged N] [--rounds N]');

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const say = (text: string) => process.stderr.write(`${text}\n`);

/** Milliseconds from the next key or mouse press until a paint in which some element of the page has `text`. */
async function untilPainted(page: Page, text: string, press: () => Promise<unknown>): Promise<number> {
  const painted = page.evaluate(
    (wanted) =>
      new Promise<number>((resolve) => {
        let from = 0;
        const begin = (event: Event) => (from ||= event.timeStamp);
        for (const name of ['keydown', 'pointerdown', 'input'])
          addEventListener(name, begin, { capture: true, once: true });
        const look = () => {
          if (from === 0 || !document.body.innerText.replaceAll(',', '').includes(wanted)) requestAnimationFrame(look);
          else requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - from)));
        };
        look();
      }),
    text.replaceAll(',', ''),
  );
  await wait(100); // it is looking
  await press();
  return painted;
}

const folder = mkdtempSync(join(tmpdir(), 'lookalike-many-'));
fillFolder(source, folder, copies, (i) => (i < some ? `few-${i}` : `${i}`));
const host = await startHost();
const { executablePath, args } = await findChromium();
const browser = await chromium.launch({ executablePath, args });
const acts: Record<string, number[]> = { selectAll: [], tag: [], filter: [], undo: [] };
const processor: Record<string, number[]> = {};
/** Keeps how long an act took to its paint, and the processor time of this process in it. */
async function keep(act: string, painted: () => Promise<number>): Promise<void> {
  const before = process.cpuUsage();
  acts[act]!.push(await painted());
  const { user, system } = process.cpuUsage(before);
  (processor[act] ??= []).push((user + system) / 1000);
}
try {
  say(`${copies} photos are listed`);
  const { id } = await host.app.handle('library.add', { folder, read: false });
  while ((await host.app.handle('library.get', { datasetId: id })).state === 'scanning') await wait(200);
  await host.app.handle('tags.create', { name: 'star' });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en-US' });
  page.on('pageerror', (error) => say(`error in the page: ${error.message}`));
  await page.goto(host.url);
  await page.goto(new URL(`#/library/${id}`, page.url()).href);
  const tile = page.getByRole('listbox').getByRole('option').first();
  const filter = page.getByRole('combobox', { name: 'Tag', exact: true });
  const search = page.getByRole('searchbox');
  await tile.waitFor();
  const count = (n: number) => page.locator(`[role=option][aria-setsize="${n}"]`).first().waitFor();
  for (let round = 0; round < rounds; round++) {
    await count(copies);
    await tile.focus();
    await keep('selectAll', () => untilPainted(page, `${copies} selected`, () => page.keyboard.press('Control+a')));
    await page.keyboard.press('Escape');
    await search.fill('few-');
    await count(some);
    await tile.focus();
    await untilPainted(page, `${some} selected`, () => page.keyboard.press('Control+a'));
    await keep('tag', () => untilPainted(page, `${some} photos were tagged`, () => page.keyboard.press('1')));
    await search.fill('');
    await count(copies);
    const [value] = await filter
      .locator('option', { hasText: 'star' })
      .evaluateAll((all) => all.map((option) => (option as HTMLOptionElement).value));
    // a chosen option has no key press of its own here: the page's own event is the beginning
    await keep('filter', () => untilFiltered(page, some, () => filter.selectOption(value!)));
    await filter.selectOption({ index: 0 });
    await count(copies);
    await keep('undo', () =>
      untilPainted(page, 'star (0)', () => page.getByRole('button', { name: 'Undo' }).last().click()),
    );
    await page.keyboard.press('Escape');
    await page
      .locator('.toasts button[aria-label="Close"]')
      .first()
      .click({ timeout: 1000 })
      .catch(() => {});
    say(`round ${round + 1} of ${rounds}`);
  }
} finally {
  const summaries = (of: Record<string, number[]>) =>
    Object.fromEntries(Object.entries(of).flatMap(([act, times]) => (times.length ? [[act, summary(times)]] : [])));
  const machine = `${cpus()[0]!.model}, ${cpus().length} cores, load ${loadavg()[0]!.toFixed(1)}`;
  console.log(
    JSON.stringify(
      { machine, copies, tagged: some, firstPaintMs: summaries(acts), processorMs: summaries(processor) },
      null,
      2,
    ),
  );
  await browser.close().catch(() => {});
  await host.close();
  rmSync(folder, { recursive: true, force: true });
}

/** From the choice in a list to the paint of the first tile of the filtered photos. */
async function untilFiltered(page: Page, count: number, choose: () => Promise<unknown>): Promise<number> {
  const painted = page.evaluate(
    (wanted) =>
      new Promise<number>((resolve) => {
        let from = 0;
        addEventListener('change', (event) => (from ||= event.timeStamp), { capture: true, once: true });
        const look = () => {
          const shown = document.querySelector(`[role=option][aria-setsize="${wanted}"] img`);
          if (from === 0 || shown === null) requestAnimationFrame(look);
          else requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - from)));
        };
        look();
      }),
    count,
  );
  await wait(100);
  await choose();
  return painted;
}
