/** Lists that need a look at every photo: made one after another, and kept until something changes. */
import { expect, it, vi } from 'vitest';
import { addPhotos } from '../../scripts/bench/rows.ts';
import { LongLists } from '../../src-main/app/library/lists.ts';
import { openStore } from '../../src-main/db/index.ts';

type Images = ConstructorParameters<typeof LongLists>[0];

/** Photos of which every list finds its own in two pieces; what was looked at, in order. */
function photos() {
  const looked: string[] = [];
  const state = { changes: 1 };
  const images = {
    isLong: () => true,
    changesOf: () => state.changes,
    *rowPieces(_: string, { search }: { search: string }) {
      for (const piece of [1, 2]) {
        looked.push(`${search} ${piece}`);
        yield [Number(search) + piece];
      }
    },
    byRows: (rows: number[]) => rows,
  };
  const lists = new LongLists(images as unknown as Images);
  const ask = async (search: string) => (await lists.page('folder', { search }, 0, 10)).rows as unknown as number[];
  return { looked, state, ask };
}

it('are made one after another, whoever asks meanwhile', async () => {
  const { looked, ask } = photos();
  expect(await Promise.all([ask('10'), ask('20'), ask('10')])).toEqual([
    [11, 12],
    [21, 22],
    [11, 12],
  ]);
  expect(looked).toEqual(['10 1', '10 2', '20 1', '20 2']);
});

it('are kept, many at a time, until something changes', async () => {
  const { looked, state, ask } = photos();
  for (const search of ['10', '20', '30', '10', '20']) await ask(search);
  expect(looked).toHaveLength(6);
  state.changes++;
  expect(await ask('10')).toEqual([11, 12]);
  expect(looked).toHaveLength(8);
});

it('are forgotten, however little they hold, where many others were asked for since', async () => {
  const looked: string[] = [];
  const none = new LongLists({
    isLong: () => true,
    changesOf: () => 1,
    rowPieces: (_: string, { search }: { search: string }) => (looked.push(search), [] as number[][]),
    byRows: () => [],
  } as unknown as Images);
  const ask = (search: string) => none.page('folder', { search }, 0, 10);
  for (let i = 0; i < 300; i++) expect(await ask(`nothing ${i}`)).toEqual({ total: 0, rows: [] });
  await ask('nothing 299');
  await ask('nothing 0');
  expect(looked.slice(300)).toEqual(['nothing 0']);
});

it('are not kept where they could not be made', async () => {
  const { looked, ask } = photos();
  await expect(ask('nothing')).resolves.toEqual([NaN, NaN]);
  const failing = new LongLists({
    isLong: () => true,
    changesOf: () => 1,
    rowPieces: () => {
      looked.push('failing');
      throw new Error('a damaged history');
    },
  } as unknown as Images);
  for (let time = 0; time < 2; time++)
    await expect(failing.page('folder', { search: 'x' }, 0, 10)).rejects.toThrow('damaged');
  expect(looked.filter((each) => each === 'failing')).toHaveLength(2);
});

it('are not made anew while photos are read, nor for what happens in another folder', async () => {
  const store = openStore(':memory:');
  for (const id of ['d', 'e']) store.datasets.insert({ id, name: id, folder: `/${id}`, addedAt: 1 });
  addPhotos(store, 'd', 10_001); // from so many on they are read in pieces
  const looked = vi.spyOn(store.images, 'rowPieces');
  const lists = new LongLists(store.images);
  const ask = async () => (await lists.page('d', { search: '99' }, 0, 1)).rows[0]!;
  const first = await ask();
  for (let photo = 0; photo < 20; photo++) {
    const facts = { width: 4, height: 3, format: 'jpeg', hash: '00', content: `${photo}`, notes: null };
    store.images.setFacts([{ id: first.id, ...facts }]);
    addPhotos(store, 'e', 1);
    expect(await ask()).toMatchObject({ id: first.id, content: `${photo}` });
  }
  expect(looked).toHaveBeenCalledOnce();
  store.images.setGone([first.id]);
  expect((await ask()).id).not.toBe(first.id);
  expect(looked).toHaveBeenCalledTimes(2);
  store.close();
});
