/**
 * Measures the window on a large folder, with the real application: long tasks of the page while it scans and while
 * it trains beside, how soon counts stream, how fast the grid scrolls and a query answers. Prints one JSON object.
 *
 *   node scripts/measure-window.ts FOLDER [--copies 50000] [--seconds 60]
 *
 * FOLDER holds a few photos; they are copied (as links where the disk can) into a temporary folder until there are
 * enough. Nothing is written into FOLDER.
 */
import { linkSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { findChromium } from '../test/browser/chromium.ts';
import { startHost } from '../test/browser/host.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { copies: { type: 'string', default: '50000' }, seconds: { type: 'string', default: '60' } },
});
const copies = Number(values.copies);
const seconds = Number(values.seconds);
const source = positionals[0];
if (!source) throw new Error('usage: node scripts/measure-window.ts FOLDER [--copies N] [--seconds S]');

/** The photos of `source`, again and again under new names. */
function fill(folder: string): void {
  const photos = readdirSync(source!, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(jpe?g|png|webp)$/i.test(name),
  );
  for (let i = 0; i < copies; i++) {
    const inner = join(folder, `part-${String(Math.floor(i / 1000)).padStart(3, '0')}`);
    if (i % 1000 === 0) mkdirSync(inner);
    const from = join(source!, photos[i % photos.length]!);
    const to = join(inner, `${i}${extname(from)}`);
    try {
      linkSync(from, to);
    } catch {
      copyFileSync(from, to);
    }
  }
}

interface Tasks {
  /** As the long task observer counts them: over 50 ms by the clock, time taken by other programs included. */
  long: number;
  longestMs: number;
  /** Over 50 ms of the page's own computing: what stays when the machine is busy with training. */
  longOfCpu: number;
  longestCpuMs: number;
}

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  dur?: number;
  tdur?: number;
  args: { name?: string };
}

/** Tasks of the page's main thread from now on, from the browser's own trace. */
async function watchTasks(browser: Browser, page: Page): Promise<() => Promise<Tasks>> {
  await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
  return async () => {
    const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
      traceEvents: TraceEvent[];
    };
    const thread = ({ pid, tid }: TraceEvent) => `${pid}:${tid}`;
    const main = new Set(
      traceEvents
        .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
        .map(thread),
    );
    const tasks = traceEvents.filter(
      (event) => event.ph === 'X' && event.name.endsWith('RunTask') && main.has(thread(event)),
    );
    const wall = tasks.map(({ dur = 0 }) => dur / 1000);
    const cpu = tasks.map(({ tdur = 0 }) => tdur / 1000);
    const over = (list: number[]) => list.filter((milliseconds) => milliseconds > 50).length;
    const most = (list: number[]) => Math.round(list.reduce((a, b) => Math.max(a, b), 0));
    return { long: over(wall), longestMs: most(wall), longOfCpu: over(cpu), longestCpuMs: most(cpu) };
  };
}

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const folder = mkdtempSync(join(tmpdir(), 'lookalike-many-'));
fill(folder);
const host = await startHost();
const { executablePath, args } = await findChromium();
const browser = await chromium.launch({ executablePath, args });
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(host.url);
  await page.getByRole('heading', { level: 1 }).waitFor();
  const start = performance.now();
  let firstCount: number | null = null;
  const dataset = await host.app.handle('library.add', { folder });
  const stopListening = host.app.onEvent((event) => {
    if (event.name === 'scan' && event.progress.found > 0) firstCount ??= performance.now() - start;
  });
  await page.goto(new URL(`#/library/${dataset.id}`, page.url()).href);
  await page.getByRole('listbox').waitFor({ timeout: 60_000 });
  const scanning = await watchTasks(browser, page);
  for (const end = performance.now() + seconds * 1000; performance.now() < end;) {
    await page.locator('.scroller').evaluate((element) => element.scrollBy(0, 900));
    await wait(500);
  }
  const whileScanning = await scanning();
  const state = async () => (await host.app.handle('library.get', { datasetId: dataset.id })).state;
  while ((await state()) === 'scanning') await wait(1000);
  const scanSeconds = (performance.now() - start) / 1000;
  stopListening();

  const run = await host.app.handle('runs.create', {
    datasetId: dataset.id,
    name: 'measured',
    preset: 'quick',
    patch: { imageSize: 32, batchSize: 64, minutes: (seconds + 30) / 60 },
    clonedFrom: null,
  });
  await page.goto(new URL(`#/monitor/${run.id}`, page.url()).href);
  await page.getByRole('img', { name: /^Chart of Loss/ }).waitFor({ timeout: 300_000 });
  while (((await host.app.handle('runs.get', { runId: run.id })).step ?? 0) === 0) await wait(500);
  const training = await watchTasks(browser, page);
  await wait(seconds * 1000);
  const whileTraining = await training();
  console.log(
    JSON.stringify(
      {
        machine: `${cpus()[0]!.model}, ${cpus().length} cores, load ${loadavg()[0]!.toFixed(1)}`,
        copies,
        seconds,
        firstCountMs: firstCount,
        scanSeconds,
        whileScanning,
        whileTraining,
        steps: (await host.app.handle('runs.get', { runId: run.id })).step,
      },
      null,
      2,
    ),
  );
} finally {
  await browser.close();
  await host.close();
  rmSync(folder, { recursive: true, force: true });
}
