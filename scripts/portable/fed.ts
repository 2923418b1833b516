/** A part that measures steps fed from photos beside steps whose views are there: what training waits, by who makes the views. */
import { join } from 'node:path';
import { resizeBilinear } from '../../src-main/images/resize.ts';
import { benchEndToEnd } from '../../src-main/trainer/bench/endToEnd.ts';
import { picture, SIDE } from '../starting/scene.ts';
import type { Settings } from './parts.ts';
import { emptyFile, RawCache } from './photos.ts';
import { fedOf } from './sizes.ts';

/** Pictures that are rendered; all photos are one of them. */
const PICTURES = 64;

export const fed =
  (size: 32 | 128) =>
  async (settings: Settings, found: (result: unknown) => void): Promise<void> => {
    const { batchSize, imageSize } = fedOf(size, 'device', settings);
    const directory = join(settings.work, `fed-${size}`);
    const side = Math.round(2.4 * imageSize); // of a photo, as large as training copies are cut from
    const files = Array.from({ length: 2 * batchSize }, (_, i) => ({
      path: emptyFile(join(directory, 'photos'), `${i}.png`),
      width: side,
      height: side,
    }));
    const cache = new RawCache(join(directory, 'cache'), imageSize, files);
    const pictures = Array.from({ length: Math.min(PICTURES, files.length) }, (_, i) => {
      const small = { width: SIDE, height: SIDE, data: picture(i, 0) };
      return cache.copies({ width: side, height: side, data: resizeBilinear(small, side, side) });
    });
    for (const [i, { path }] of files.entries()) cache.add(path, pictures[i % pictures.length]!);
    cache.close();
    const results: Record<string, unknown> = {};
    for (const viewsBy of ['device', 'processor'] as const) {
      try {
        results[viewsBy] = await benchEndToEnd(fedOf(size, viewsBy, settings), files, join(directory, 'cache'), {
          steps: settings.rehearse ? 1 : 4,
        });
      } catch (error) {
        results[viewsBy] = { error: error instanceof Error ? error.message : String(error) };
      }
      found({ imageSize, batchSize, ...results });
    }
  };
