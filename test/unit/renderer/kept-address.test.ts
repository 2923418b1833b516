/** What is open in a place, and its address: when a change of the one is written into the other. */
import { expect, it, vi } from 'vitest';
import { KeptAddress } from '../../../src-renderer/state/kept-address.svelte.ts';

function kept() {
  const put: [query: Record<string, string>, isStep: boolean][] = [];
  const router = {
    route: { place: 'runs', query: {} },
    put: (query: never, isStep: boolean) => put.push([query, isStep]),
  };
  const isHere = () => router.route.place === 'runs';
  const parts = { router: router as never, isHere, steps: ['tab'], opened: ['photo'], open: () => {} };
  const address = new KeptAddress({ ...parts, resting: ['q', 'photo'] });
  address.write({}); // as the place opens
  return { put, address, leave: () => (router.route.place = 'library') };
}

it('is written at once for what is pressed, so that who goes on soon finds it with Back', () => {
  const { put, address, leave } = kept();
  address.write({ sort: 'name' });
  leave();
  expect(put).toEqual([[{ sort: 'name' }, false]]);
});

it('is written when it rests for what is typed, and with what is pressed meanwhile', () => {
  vi.useFakeTimers();
  const { put, address } = kept();
  for (const q of ['b', 'bi', 'bir']) address.write({ q });
  expect(put).toEqual([]);
  vi.advanceTimersByTime(1000);
  expect(put).toEqual([[{ q: 'bir' }, false]]);
  address.write({ q: 'bird' });
  address.write({ q: 'bird', sort: 'name' });
  expect(put.at(-1)).toEqual([{ q: 'bird', sort: 'name' }, false]);
  vi.useRealTimers();
});

it('is a step of the browser where it opens something, whatever changes beside it', () => {
  const { put, address } = kept();
  address.write({ tab: 'duplicates', kind: 'copies' });
  address.write({ tab: 'duplicates', kind: 'copies', photo: 'a' });
  address.write({ tab: 'duplicates', kind: 'copies' });
  expect(put.map(([, isStep]) => isStep)).toEqual([true, true, true]);
});
