/** When a reading may take its next photo, beside runs that begin and runs that train. */
import { expect, test } from 'vitest';
import { Pace } from '../../src-main/app/library/pace.ts';

/** Whether a turn has come as soon as whatever can happen at once has happened. */
async function comes(turn: Promise<void>): Promise<boolean> {
  let come = false;
  void turn.then(() => (come = true));
  await new Promise((resolve) => setImmediate(resolve));
  return come;
}
const long = 1e6; // seconds that no test waits for

test('no photo is read while a run prepares its first step, whatever folder it trains on', async () => {
  const pace = new Pace();
  const { signal } = new AbortController();
  expect(await comes(pace.turn('a', long, 2, signal))).toBe(true);
  const [first, second] = [pace.run('a'), pace.run('b')];
  const turns = ['a', 'c'].map((folder) => pace.turn(folder, 0, 2, signal));
  first.begun();
  expect(await comes(Promise.race(turns))).toBe(false);
  second.ended();
  await Promise.all(turns);
});

test('beside its training a folder is read slowly, others as before', async () => {
  const pace = new Pace();
  const stop = new AbortController();
  const run = pace.run('a');
  run.begun();
  expect(await comes(pace.turn('b', long, 2, stop.signal))).toBe(true);
  expect(await comes(pace.turn('a', 0, 2, stop.signal))).toBe(true); // its first one
  expect(await comes(pace.turn('a', long, 2, stop.signal))).toBe(false);
  run.ended();
  expect(await comes(pace.turn('a', long, 2, stop.signal))).toBe(true);
});

test('a reading that is stopped waits for nothing', async () => {
  const pace = new Pace();
  const run = pace.run('a');
  const stop = new AbortController();
  const held = pace.turn('b', 0, 2, stop.signal);
  expect(await comes(held)).toBe(false);
  stop.abort();
  await held;
  run.begun();
  const slow = new AbortController();
  const resting = pace.turn('a', long, 2, slow.signal);
  slow.abort();
  await resting;
});
