/** Previews of the views of a run: made anew when what they are made by has changed. */
import { expect, it } from 'vitest';
import { parseConfig } from '../../../shared/config.ts';
import { ViewPreviews } from '../../../src-renderer/state/view-previews.svelte.ts';
import { fakeClient, settled } from './fake.ts';

const config = parseConfig({ imageSize: 32 });

it('views are made once for the same photos and augmentation, and anew for others or when shuffled', async () => {
  const seeds: number[] = [];
  const { client } = fakeClient({
    'library.previewViews': ({ datasetId, seed }) => (
      seeds.push(seed),
      [{ imageId: `${datasetId} ${seed}`, views: [] }]
    ),
  });
  const previews = new ViewPreviews(client);
  const shown = async (datasetId: string, of = config) => {
    previews.make(datasetId, of, 0);
    await settled(30);
    expect(previews.making).toBe(false);
    return previews.list[0]?.imageId;
  };
  expect(await shown('a')).toBe('a 0');
  expect(await shown('a')).toBe('a 0');
  expect(seeds).toEqual([0]);
  await shown('a', parseConfig({ imageSize: 64 }));
  expect(seeds).toEqual([0, 0]);
  previews.shuffle();
  expect(await shown('a')).toBe('a 1');
  previews.clear();
  expect(previews.list).toEqual([]);
  expect(await shown('a')).toBe('a 1');
  expect(seeds).toEqual([0, 0, 1, 1]);
});

it('views that cannot be made are none, and asked for again', async () => {
  let fails = true;
  const { client } = fakeClient({
    'library.previewViews': () => {
      if (fails) throw new Error('no photo can be read');
      return [{ imageId: 'there', views: [] }];
    },
  });
  const previews = new ViewPreviews(client);
  for (const expected of [[], [{ imageId: 'there', views: [] }]]) {
    previews.make('a', config, 0);
    await settled(30);
    expect([previews.list, previews.making]).toEqual([expected, false]);
    fails = false;
  }
});
