/**
 * The table of kinds: a file of every kind that people have, and the picture or the refusal that is right for it. Each is
 * decoded, and cached as a run would train on it, in a folder of its own and by the range that is measured there.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measureFile } from '../../../src-main/images/decode/measure.ts';
import { DEFAULT_LIMITS } from '../../../src-main/images/decode/types.ts';
import { buildCache, decodeBytes, formatRanges, ImagePool, rangesOf } from '../../../src-main/images/index.ts';
import { defaultRule } from '../../../src-main/images/rule.ts';
import { sharedFolder } from '../../helpers/folders.ts';
import { clearRows } from './kinds/clearRows.ts';
import { colourRows } from './kinds/colourRows.ts';
import { cutRows } from './kinds/cutRows.ts';
import { deepJpegRows } from './kinds/deepJpegRows.ts';
import { dicomRows } from './kinds/dicomRows.ts';
import { jpegRows } from './kinds/jpegRows.ts';
import { otherRows } from './kinds/otherRows.ts';
import { photoRows } from './kinds/photoRows.ts';
import { phoneRows } from './kinds/phoneRows.ts';
import { pngRows } from './kinds/pngRows.ts';
import { sparseRows } from './kinds/sparseRows.ts';
import { stackRows } from './kinds/stackRows.ts';
import { tiffFormRows } from './kinds/tiffFormRows.ts';
import { tiffRows } from './kinds/tiffRows.ts';
import { judge } from './kinds/row.ts';
import type { Row } from './kinds/row.ts';

const folder = sharedFolder('kinds');
let pool: ImagePool;
beforeAll(() => {
  pool = new ImagePool({ workers: 1 });
});
afterAll(() => pool.close());

/** No picture of the table has a longer short side, so that a training copy is the whole of it. */
const LONGEST = 256;

/** What a run would be given of the file: its training copy, or why it is passed over. */
async function trainedOn(path: string, bytes: Buffer, size: { width: number; height: number }) {
  const measured = await measureFile(path, bytes, DEFAULT_LIMITS, defaultRule).catch(() => null);
  const ranges = measured ? formatRanges(rangesOf([measured], defaultRule.percentiles)) : '';
  const { cache, skipped } = await buildCache({
    files: [{ id: 'it', path, ...size }],
    directory: join(folder, 'cache'),
    imageSize: LONGEST / 1.6,
    rule: { ...defaultRule, ranges },
    pool,
  });
  const copy = skipped.length > 0 ? null : cache.trainingImage(0);
  cache.close();
  return { copy, skipped };
}

describe.each([
  ['TIFF: values and bands', tiffRows],
  ['TIFF: pages and forms', tiffFormRows],
  ['TIFF: colours', colourRows],
  ['TIFF: left out pieces', sparseRows],
  ['clear places', clearRows],
  ['stacks', stackRows],
  ['JPEG, PNG and WebP', photoRows],
  ['JPEG: frames', jpegRows],
  ['JPEG of more than 8 bits', deepJpegRows],
  ['PNG: colours', pngRows],
  ['phones and cameras', phoneRows],
  ['DICOM', dicomRows],
  ['files that are cut short', cutRows],
  ['other formats', otherRows],
] as [string, readonly Row[]][])('%s', (_, rows) => {
  it.each(rows)('$kind', async ({ kind, name = 'file', file, right, notes = [] }) => {
    const bytes = await file();
    const path = join(folder, encodeURIComponent(kind), name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, bytes);
    if ('refused' in right) {
      const { refused: key, says } = right;
      const reason = expect.objectContaining({
        key,
        ...(says && { message: expect.stringContaining(says) as unknown }),
      });
      await expect(decodeBytes(name, bytes)).rejects.toEqual(reason);
      const { skipped } = await trainedOn(path, bytes, { width: 1, height: 1 });
      expect(skipped.map(({ key }) => key)).toEqual([key]);
      return;
    }
    const image = await decodeBytes(name, bytes);
    judge(right, image);
    expect(image.notes.map(({ key }) => key)).toEqual(notes);
    const { copy, skipped } = await trainedOn(path, bytes, image);
    expect(skipped).toEqual([]);
    judge(right, copy!);
  });
});
