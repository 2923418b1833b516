/** The system's clock is set back, or ahead, while something is waited for: that goes on as before. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { throttled } from '../../src-main/app/events.ts';
import { BrowserAccess } from '../../src-main/app/browsers.ts';
import { homePaths } from '../../src-main/app/paths.ts';
import { libraryHandlers } from '../../src-main/app/library/handlers.ts';
import { Output } from '../../src-main/cli/output.ts';
import { openStore } from '../../src-main/db/index.ts';
import { Guard } from '../../src-main/server/guard.ts';

const DAY = 86_400_000;
beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});
const jumps = [
  ['back a day', -DAY],
  ['ahead a year', 365 * DAY],
] as const;

test.each(jumps)('news of a task are told as often as before: %s', (_name, jump) => {
  let told = 0;
  const tell = throttled(() => told++, 200);
  tell();
  expect(told).toBe(1);
  vi.setSystemTime(Date.now() + jump);
  tell();
  expect(told).toBe(1);
  vi.advanceTimersByTime(200);
  expect(told).toBe(2);
});

test.each(jumps)('progress without a terminal is written as often as before: %s', (_name, jump) => {
  const written: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => (written.push(String(text)), true));
  vi.stubEnv('TERM', 'dumb'); // whatever runs the tests
  const output = new Output(false);
  output.progress('first');
  vi.setSystemTime(Date.now() + jump);
  output.progress('too soon');
  vi.advanceTimersByTime(11_000);
  output.progress('second');
  expect(written).toEqual(['first\n', 'second\n']);
});

test.each(jumps)('a page comes in by the ticket that it was just given: %s', (_name, jump) => {
  const store = openStore(':memory:');
  const guard = new Guard(1, new BrowserAccess(store));
  const [ticket, late] = [guard.ticket('browser'), guard.ticket('browser')];
  vi.setSystemTime(Date.now() + jump);
  expect(guard.redeem(ticket, 'browser')).toBe(true);
  vi.advanceTimersByTime(31_000);
  expect(guard.redeem(late, 'browser')).toBe(false);
  store.close();
});

test('what was taken out while the clock was wrong is not offered to be taken back until it is that late', () => {
  const store = openStore(':memory:');
  const handlers = libraryHandlers({ store, paths: homePaths('/home') } as never, {} as never, () => Promise.resolve());
  const offered = () => [handlers['library.removed'], handlers['library.moved']].map((ask) => ask(null, null as never));
  const now = Date.now();
  for (const [id, at] of [
    ['ahead', now + 365 * DAY],
    ['now', now],
    ['corrected', now + 60_000],
    ['long ago', now - DAY],
  ] as const) {
    store.datasets.insert({ id: `removed ${id}`, name: id, folder: `/removed/${id}`, addedAt: 1 });
    store.datasets.update(`removed ${id}`, { removedAt: at });
    store.datasets.insert({ id: `moved ${id}`, name: id, folder: `/moved/${id}`, addedAt: 1 });
    store.datasets.update(`moved ${id}`, { moved: JSON.stringify({ from: '/before', at, row: 0 }) });
  }
  for (const some of offered())
    expect((some as { name: string }[]).map(({ name }) => name)).toEqual(['now', 'corrected']);
  store.close();
});

test('a browser that came while the clock was ahead is remembered no longer than any other', () => {
  const store = openStore(':memory:');
  const year = 365 * DAY;
  vi.setSystemTime(Date.now() + 10 * year);
  const { cookie } = new BrowserAccess(store).admit('Firefox, Linux');
  vi.setSystemTime(Date.now() - 10 * year);
  expect(new BrowserAccess(store).find(cookie)).not.toBeNull();
  vi.setSystemTime(Date.now() + year + DAY);
  expect(new BrowserAccess(store).find(cookie)).toBeNull();
  store.close();
});
