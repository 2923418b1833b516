/** What is kept of groups of duplicates and what is excluded, as the window holds it. */
import { expect, it } from 'vitest';
import { IdList } from '../../../shared/idList.ts';
import { ImageInfo } from '../../../shared/contract.ts';
import type { DuplicateGroup, DuplicateKind } from '../../../shared/contract.ts';
import { drafts } from '../../../src-renderer/lib/draft.ts';
import type { Drafts } from '../../../src-renderer/lib/draft.ts';
import { Duplicates } from '../../../src-renderer/state/duplicates.svelte.ts';
import type { Sifting } from '../../../src-renderer/state/duplicates.svelte.ts';
import { Tasks } from '../../../src-renderer/state/tasks.svelte.ts';
import { fakeClient } from './fake.ts';

const photo = (id: string) =>
  ImageInfo.parse({
    ...{ id, file: `${id}.jpg`, width: 4, height: 3, bytes: 9, modifiedAt: 1, format: 'jpeg' },
    ...{ label: null, heldOut: false, excluded: false },
  });
const groups = (kind: DuplicateKind, ...members: string[]): DuplicateGroup[] =>
  members.map((ids) => ({ kind, photos: [...ids].map(photo), why: 'pixels' }));

async function opened(of: Record<DuplicateKind, DuplicateGroup[]>, unsent: Drafts<Sifting> | null = null) {
  const surplusOf = (kind: DuplicateKind) => of[kind].flatMap(({ photos }) => photos.slice(1).map(({ id }) => id));
  const counts = (count: (kind: DuplicateKind) => number) => ({
    ...{ file: count('file'), picture: count('picture'), alike: count('alike') },
  });
  const { client } = fakeClient({
    'duplicates.get': ({ kind, limit = 50, offset = 0 }) => ({
      groups: counts((one) => of[one].length),
      surplus: counts((one) => surplusOf(one).length),
      ...{ unseen: 0, missed: 0, page: of[kind].slice(offset, offset + limit) },
    }),
    'duplicates.surplus': ({ kind }) => IdList.of(surplusOf(kind)).bytes,
  });
  const duplicates = new Duplicates(client, new Tasks(client), unsent);
  await duplicates.open('folder', null);
  return duplicates;
}

it('the first of each group is kept until a person says which', async () => {
  const duplicates = await opened({ file: groups('file', 'abc', 'de'), picture: groups('picture', 'fg'), alike: [] });
  const [three, two] = duplicates.groups as [DuplicateGroup, DuplicateGroup];
  expect([duplicates.kind, [...duplicates.kept(three)], duplicates.others(three)]).toEqual(['file', ['a'], ['b', 'c']]);
  expect([duplicates.surplus, await duplicates.surplusIds()]).toEqual([3, ['b', 'c', 'e']]);

  duplicates.keep(three, 'b', true);
  expect([duplicates.others(three), duplicates.surplus]).toEqual([['c'], 2]);
  duplicates.keep(three, 'a', false);
  expect(duplicates.others(three)).toEqual(['a', 'c']);
  expect([duplicates.surplus, await duplicates.surplusIds()]).toEqual([3, ['e', 'a', 'c']]);
  expect(duplicates.others(two)).toEqual(['e']);

  // no group is excluded whole
  duplicates.keep(three, 'b', false);
  expect([duplicates.others(three), duplicates.surplus, await duplicates.surplusIds()]).toEqual([[], 1, ['e']]);

  // what is kept of one kind says nothing of another
  await duplicates.show('picture');
  expect([duplicates.surplus, await duplicates.surplusIds()]).toEqual([1, ['g']]);
});

it('what was kept of a group is no choice in what is left of it', async () => {
  const of = { file: groups('file', 'abc'), picture: [], alike: [] };
  const duplicates = await opened(of);
  duplicates.keep(duplicates.groups[0]!, 'c', true);
  duplicates.keep(duplicates.groups[0]!, 'a', false);
  of.file = groups('file', 'ab'); // the one that was kept was excluded from the bar
  await duplicates.reload();
  expect(duplicates.others(duplicates.groups[0]!)).toEqual(['b']);
  expect([duplicates.surplus, await duplicates.surplusIds()]).toEqual([1, ['b']]);
});

it('shows what was found without an encoder until it is looked for with one', async () => {
  const asked: (string | null)[] = [];
  const { client } = fakeClient({
    'duplicates.get': ({ kind, embeddingSetId }) => {
      asked.push(embeddingSetId ?? null);
      return (embeddingSetId ?? null) === null
        ? {
            groups: { file: 0, picture: 1, alike: 0 },
            surplus: { file: 0, picture: 1, alike: 0 },
            ...{ unseen: 0, missed: 0, page: kind === 'picture' ? groups('picture', 'fg') : [] },
          }
        : null;
    },
  });
  const duplicates = new Duplicates(client, new Tasks(client));
  await duplicates.open('folder', 'by an encoder');
  expect(duplicates.groups.map(({ photos }) => photos.map(({ id }) => id).join(''))).toEqual(['fg']);
  await duplicates.reload();
  expect(asked).toEqual(['by an encoder', null, null]);
});

it('what a person keeps counts after a reload, under another kind, and in a group that was read later', async () => {
  const held = new Map<string, string>();
  const unsent = drafts<Sifting>('duplicates', {
    getItem: (key) => held.get(key) ?? null,
    setItem: (key, value) => void held.set(key, value),
    removeItem: (key) => void held.delete(key),
  });
  const letters = Array.from({ length: 300 }, (_, i) => String.fromCodePoint(0x4e00 + 2 * i, 0x4e01 + 2 * i));
  const of = { file: groups('file', ...letters), picture: groups('picture', 'fg'), alike: [] };
  const duplicates = await opened(of, unsent);
  while (duplicates.groups.length < 280) await duplicates.more();
  const [first, second] = letters[270]!;
  duplicates.keep(duplicates.groups[270]!, second!, true);
  duplicates.keep(duplicates.groups[270]!, first!, false);
  const isKept = async (one: Duplicates) => {
    const surplus = await one.surplusIds();
    return [surplus.includes(first!), surplus.includes(second!), surplus.length, one.surplus];
  };
  expect(await isKept(duplicates)).toEqual([true, false, 300, 300]);
  await duplicates.show('picture');
  await duplicates.show('file');
  expect(await isKept(duplicates)).toEqual([true, false, 300, 300]);
  expect(await isKept(await opened(of, unsent))).toEqual([true, false, 300, 300]);
});
