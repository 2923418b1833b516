import { expect, it } from 'vitest';
import { addressWithKey } from '../../../shared/pageKey.ts';
import { pageKey } from '../../../src-renderer/lib/page-key.ts';
import { Memory } from '../../../src-renderer/state/memory.ts';

const addressOf = (hash: string) => ({
  hash,
  replace(to: string) {
    this.hash = to;
  },
});

const storage = () => {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
};

it('takes the key out of the address, and has it again when the page is opened by the bare one', () => {
  const kept = storage();
  const first = addressOf(addressWithKey('secret').slice(1));
  expect(pageKey(first, new Memory(kept))()).toBe('secret');
  expect(first.hash).toBe('#');
  const later = addressOf('#/library');
  expect(pageKey(later, new Memory(kept))()).toBe('secret');
  expect(later.hash).toBe('#/library');
});

it('goes by the newest key where another window of the browser was let in anew', () => {
  const kept = storage();
  const early = pageKey(addressOf('#key=first'), new Memory(kept));
  pageKey(addressOf('#key=second'), new Memory(kept));
  expect(early()).toBe('second');
});

it('serves the page it was given to where the browser keeps nothing', () => {
  expect(pageKey(addressOf('#key=secret'), new Memory(null))()).toBe('secret');
  expect(pageKey(addressOf('#/library'), new Memory(null))()).toBeNull();
});
