/** How the terminal writes times and sizes. */
import { afterEach, expect, test, vi } from 'vitest';
import { bytes, duration, Output, unprinted } from '../../src-main/cli/output.ts';

test.each([
  [null, '?'],
  [0.4, '0 s'],
  [59.4, '59 s'],
  [59.7, '1 min'],
  [3580, '1 h 0 min'],
  [47.9 * 3600, '47 h 54 min'],
  [49 * 3600, '2.0 days'],
])('%s seconds are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1000, '1.0 kB'],
  [999_949, '999.9 kB'],
  [999_950, '1.0 MB'],
  [999_960_000, '1.0 GB'],
  [2e15, '2000.0 TB'],
])('%d bytes are %s', (count, text) => {
  expect(bytes(count)).toBe(text);
});

test.each([
  ['ENOSPC', 'what is printed does not fit on its disk, and is cut short: free some space, or print elsewhere'],
  ['EIO', 'what is printed cannot be written (EIO), and is cut short: print elsewhere'],
])('results that meet %s end with a sentence', (code, sentence) => {
  expect(unprinted(Object.assign(new Error(`${code}: raw`), { code }))).toBe(sentence);
});

const before = Object.getOwnPropertyDescriptor(process.stderr, 'isTTY');
const setTerminal = (now: PropertyDescriptor | undefined) =>
  Object.defineProperty(process.stderr, 'isTTY', { ...(now ?? { value: undefined }), configurable: true });
afterEach(() => {
  setTerminal(before);
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

test.each([
  ['a terminal', 'xterm', true, 'first\r\u001b[2Ksecond\r\u001b[2Kdone\n'],
  ['one that knows no commands', 'dumb', true, 'first\ndone\n'],
  ['a pipe', 'xterm', false, 'first\ndone\n'],
])('progress in %s', (_where, term, isTerminal, text) => {
  let written = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((some) => ((written += String(some)), true));
  vi.stubEnv('TERM', term);
  setTerminal({ value: isTerminal });
  const output = new Output(false);
  output.progress('first');
  output.progress('second');
  output.note('done');
  expect(written).toBe(text);
});
