/** What is kept of groups of duplicates and what is excluded, as the window holds it. */
import { expect, it } from 'vitest';
import { IdList } from '../../../shared/idList.ts';
import { ImageInfo } from '../../../shared/contract.ts';
import type { DuplicateGroup, DuplicateKind } from '../../../shared/contract.ts';
import { Duplicates } from '../../../src-renderer/state/duplicates.svelte.ts';
import { Tasks } from '../../../src-renderer/state/tasks.svelte.ts';
import { fakeClient } from './fake.ts';

const photo = (id: string) =>
  ImageInfo.parse({
    ...{ id, file: `${id}.jpg`, width: 4, height: 3, bytes: 9, modifiedAt: 1, format: 'jpeg' },
    ...{ label: null, heldOut: false, excluded: false },
  });
const groups = (kind: DuplicateKind, ...members: string[]): DuplicateGroup[] =>
  members.map((ids) => ({ kind, photos: [...ids].map(photo), why: 'pixels' }));

async function opened(of: Record<DuplicateKind, DuplicateGroup[]>) {
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
  const duplicates = new Duplicates(client, new Tasks(client));
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
