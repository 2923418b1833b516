/** Help is searched by words. */
import { expect, it } from 'vitest';
import { chapters } from '../../../src-renderer/help/manual.ts';
import { helpPages } from '../../../src-renderer/help/pages.ts';
import { search } from '../../../src-renderer/help/search.ts';

const pages = [
  { id: 'a', title: 'Library', text: 'Photos are read where | --- | they lie. **Duplicates** of a file are found.' },
  { id: 'b', title: 'Duplicates of photos', text: 'Three kinds.' },
  { id: 'c', title: 'Keys', text: 'Tab goes on.' },
];

it('finds pages with all words in any case, those named so first, with the words around', () => {
  expect(search(pages, 'duplicates PHOTOS')).toEqual([
    { id: 'b', title: 'Duplicates of photos', excerpt: '' },
    { id: 'a', title: 'Library', excerpt: '…otos are read where they lie. Duplicates of a file are found.' },
  ]);
  expect(search(pages, 'tab').map(({ id }) => id)).toEqual(['c']);
  expect(search(pages, 'tab photos')).toEqual([]);
  expect(search(pages, '  ')).toEqual([]);
});

it('each page of Help and of the manual has an address of its own', () => {
  const ids = [...helpPages.map(({ id }) => id as string), ...chapters, 'licences'];
  expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
});
