/** What computes beside others, and what has the machine for itself. */
import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { Quiet } from '../../src-main/app/compute/quiet.ts';

test('what measures waits until nothing computes, and what would begin meanwhile waits for it', async () => {
  const quiet = new Quiet();
  const { signal } = new AbortController();
  const order: string[] = [];
  const leave = await quiet.enter(signal);
  const alone = quiet.alone(() => Promise.resolve(order.push('alone')));
  order.push('first');
  leave();
  const measured = Promise.withResolvers<void>();
  await alone;
  const long = quiet.alone(() => measured.promise);
  const entered = quiet.enter(signal).then(() => order.push('second'));
  measured.resolve();
  await Promise.all([long, entered]);
  expect(order).toEqual(['first', 'alone', 'second']);
});

test('whoever is given up waits no longer, and nobody leaves anything with the signal that lasts longer', async () => {
  const quiet = new Quiet();
  const [lasting, given] = [new AbortController(), new AbortController()];
  for (let time = 0; time < 3; time++) (await quiet.enter(lasting.signal))();
  const measured = Promise.withResolvers<void>();
  const alone = quiet.alone(() => measured.promise);
  const [one, other] = [quiet.enter(given.signal), quiet.enter(lasting.signal)];
  given.abort();
  (await one)();
  measured.resolve();
  await alone;
  (await other)();
  expect(getEventListeners(lasting.signal, 'abort')).toEqual([]);
});
