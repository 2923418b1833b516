/** What of a CSV has found its photo, and what has not. */
import { expect, it } from 'vitest';
import { csvReport } from '../../src-main/app/library/rules.ts';
import { openStore } from '../../src-main/db/index.ts';

it('names the lines without a photo and the photos without a line', () => {
  const store = openStore(':memory:');
  store.datasets.insert({ id: 'd', name: 'd', folder: '/d', addedAt: 1 });
  const found = ['cats/1.jpg', 'cats/2.jpg', 'dogs/2.jpg', 'dogs/3.jpg'];
  store.images.add(
    'd',
    found.map((file) => ({ file, bytes: 1, modified: 1, content: null, label: null, heldOut: false })),
  );
  store.csvLabels.replace('d', [
    ['cats/1.jpg', 'cat'],
    ['3.jpg', 'dog'], // by name, as there is one of it
    ['2.jpg', 'cat'], // two photos have this name
    ['birds/1.jpg', 'bird'],
    ['dogs/2.jpg', null],
  ]);
  expect(csvReport(store, 'd')).toEqual({
    rows: 5,
    labelled: 2,
    withoutPhoto: { count: 2, some: expect.arrayContaining(['2.jpg', 'birds/1.jpg']) },
    withoutRow: { count: 1, some: ['cats/2.jpg'] },
  });
});
