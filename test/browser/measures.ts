/**
 * What scripts/measure-window.ts reads from a page: its long tasks by the browser's own observer, the processor time of each
 * task by its trace, the texts that a part of it showed, and tiles that were on screen without their photo.
 */
import type { Browser, Page } from 'playwright-core';

export interface Tasks {
  seconds: number;
  /** By PerformanceObserver: over 50 ms by the clock, time that other programs took away included. */
  longTasks: number;
  longestTaskMs: number;
  /** Processor time of single tasks of the page's main thread: what stays on a busy machine. */
  cpuTasksOver50: number;
  cpuTasksOver25: number;
  longestCpuMs: number;
  /** Share of the time that the main thread computed. */
  mainThreadBusy: number;
}

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  tdur?: number;
  args: { name?: string };
}

declare global {
  var measured: { longTasks?: number[]; stop?: () => void; texts?: string[]; tiles?: Tiles } | undefined;
}

/** A trace of a minute would be large: it is taken in pieces. */
const pieceSeconds = 10;

/** Does `work` again and again for `seconds` and tells the page's tasks meanwhile. */
export async function watchTasks(
  browser: Browser,
  page: Page,
  seconds: number,
  work: () => Promise<unknown>,
): Promise<Tasks> {
  await page.evaluate(() => {
    const longTasks: number[] = [];
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) longTasks.push(entry.duration);
    });
    observer.observe({ entryTypes: ['longtask'] });
    globalThis.measured = { ...globalThis.measured, longTasks, stop: () => observer.disconnect() };
  });
  const cpu: number[] = [];
  const start = performance.now();
  while (performance.now() - start < seconds * 1000) {
    await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
    const end = Math.min(start + seconds * 1000, performance.now() + pieceSeconds * 1000);
    while (performance.now() < end) await work();
    cpu.push(...taskTimes(await browser.stopTracing()));
  }
  const lasted = (performance.now() - start) / 1000;
  const long = await page.evaluate(() => {
    globalThis.measured?.stop?.();
    return globalThis.measured?.longTasks ?? [];
  });
  const over = (least: number) => cpu.filter((milliseconds) => milliseconds > least).length;
  return {
    seconds: lasted,
    longTasks: long.length,
    longestTaskMs: Math.max(0, ...long),
    cpuTasksOver50: over(50),
    cpuTasksOver25: over(25),
    longestCpuMs: cpu.reduce((a, b) => Math.max(a, b), 0),
    mainThreadBusy: cpu.reduce((a, b) => a + b, 0) / 1000 / lasted,
  };
}

/** Milliseconds of processor time of each task of renderers' main threads. */
function taskTimes(trace: Buffer): number[] {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const thread = ({ pid, tid }: TraceEvent) => `${pid}:${tid}`;
  const main = new Set(
    traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(thread),
  );
  return traceEvents
    .filter((event) => event.ph === 'X' && event.name.endsWith('RunTask') && main.has(thread(event)))
    .map(({ tdur = 0 }) => tdur / 1000);
}

/** The different texts that the first element of `selector` shows from now on, in order. */
export async function watchTexts(page: Page, selector: string): Promise<() => Promise<string[]>> {
  await page.evaluate((wanted) => {
    const texts: string[] = [];
    globalThis.measured = { ...globalThis.measured, texts };
    const look = () => {
      const text = document.querySelector(wanted)?.textContent?.replace(/\s+/g, ' ').trim() ?? '';
      if (text && text !== texts.at(-1)) texts.push(text);
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
    look();
  }, selector);
  return () => page.evaluate(() => globalThis.measured?.texts ?? []);
}

export interface Tiles {
  /** Frames that were looked at, and tiles on screen in them, one counted again in each frame. */
  frames: number;
  tiles: number;
  /** Of these, without their photo. */
  blank: number;
  framesWithBlank: number;
}

/** Looks at every frame from now on whether each tile on screen has its photo. */
export async function watchTiles(page: Page): Promise<() => Promise<Tiles>> {
  await page.evaluate(() => {
    const seen = { frames: 0, tiles: 0, blank: 0, framesWithBlank: 0 };
    globalThis.measured = { ...globalThis.measured, tiles: seen };
    const look = () => {
      const scroller = document.querySelector('.scroller');
      if (scroller) {
        const { scrollTop, clientHeight } = scroller;
        let blank = 0;
        for (const tile of scroller.querySelectorAll<HTMLElement>('.tile')) {
          const top = tile.offsetTop;
          if (top + tile.offsetHeight <= scrollTop || top >= scrollTop + clientHeight) continue;
          const image = tile.querySelector('img');
          seen.tiles++;
          if (!image?.complete || image.naturalWidth === 0) blank++;
        }
        seen.frames++;
        seen.blank += blank;
        if (blank) seen.framesWithBlank++;
      }
      requestAnimationFrame(look);
    };
    look();
  });
  return () => page.evaluate(() => globalThis.measured!.tiles!);
}

/** Median, 95th percentile and greatest, in milliseconds. */
export function summary(times: readonly number[]): { count: number; p50: number; p95: number; max: number } {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), max: sorted.at(-1) ?? NaN };
}
