/** Scanning, and the folder of hostile files from scan to cache. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, lstatSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { passedReason } from '../../../shared/passedOver.ts';
import { sentenceOf } from '../../../shared/sentences.ts';
import {
  ImageError,
  buildCache,
  decodeImage,
  emptyScanCounts,
  labelOf,
  scanBatches,
  scanFolder,
} from '../../../src-main/images/index.ts';
import type { ScanEntry, ScanOptions } from '../../../src-main/images/index.ts';
import { sharedFolder } from '../../helpers/folders.ts';
import { LONG_NAME, NEWLINE_NAME, makeHostileFolder } from '../../helpers/hostile.ts';
import type { HostileFolder } from '../../helpers/hostile.ts';
import { pattern } from '../../helpers/pictures.ts';

const scratch = sharedFolder('scan');

async function scan(root: string, options?: ScanOptions): Promise<ScanEntry[]> {
  const entries: ScanEntry[] = [];
  for await (const entry of scanFolder(root, options)) entries.push(entry);
  return entries;
}

describe('a folder of hostile files', () => {
  let hostile: HostileFolder;
  beforeAll(async () => {
    hostile = await makeHostileFolder(join(scratch, 'h'));
  });
  afterAll(() => hostile.close());

  it('every file is trained on or listed with its reason, and the folder is left as it was', async () => {
    const contentsBefore = contents(hostile.good);
    const timesBefore = times(hostile.directory);
    const entries = await scan(hostile.directory);
    const images = entries.filter((entry) => entry.kind === 'image');
    const { cache, skipped } = await buildCache({
      files: images.map(({ path }) => ({ id: path, path })),
      directory: join(scratch, 'cache'),
      imageSize: 32,
      workers: 2,
      timeout: 10,
    });
    expect([...cache.ids].sort()).toEqual([...hostile.good].sort());
    const reasons = new Map<string, string>();
    for (const entry of entries) if (entry.kind === 'skipped') reasons.set(entry.file, entry.reason);
    for (const { file, reason } of skipped) reasons.set(file, reason);
    expect([...reasons.keys()].sort()).toEqual([...hostile.bad.keys()].sort());
    for (const [path, expected] of hostile.bad) {
      expect(reasons.get(path), path).toMatch(expected);
      expect(reasons.get(path), path).toMatch(/^[A-Z0-9][^\n]*\.$/);
    }
    expect(cache.evaluation(cache.ids).every(Number.isFinite)).toBe(true);
    for (let i = 0; i < cache.length; i++) {
      const { width, height, data } = cache.trainingImage(i);
      expect(data.length).toBe(width * height * 3);
      expect(Math.max(width, height)).toBeLessThanOrEqual(4 * Math.min(width, height));
    }
    cache.close();
    expect(times(hostile.directory)).toEqual(timesBefore);
    expect(contents(hostile.good)).toEqual(contentsBefore);
  });

  it('keeps names as they are on the disk', async () => {
    const names = (await scan(hostile.directory)).flatMap((entry) => (entry.kind === 'image' ? [entry.relative] : []));
    expect(Buffer.byteLength(LONG_NAME)).toBe(250);
    expect(names).toContain(LONG_NAME);
    expect(names).toContain('cafe\u0301 (NFD).jpg');
    expect(names).toContain('caf\u00e9 (NFC).jpg');
    if (process.platform !== 'win32') expect(names).toContain(NEWLINE_NAME);
    expect(names).not.toContain('.hidden.jpg');
  });
});

/** Mode, size and every time of everything in the folder; for files also when they were last read. */
function times(directory: string): Record<string, number[]> {
  return Object.fromEntries(
    (readdirSync(directory, { recursive: true }) as string[]).sort().map((name) => {
      const found = lstatSync(join(directory, name));
      return [name, [found.mode, found.size, found.mtimeMs, found.ctimeMs, found.isFile() ? found.atimeMs : 0]];
    }),
  );
}

function contents(paths: readonly string[]): string[] {
  return paths.map((path) => createHash('sha256').update(readFileSync(path)).digest('hex'));
}

describe('scanFolder', () => {
  it('finds photos by extension or content, counts the rest, and says what it skips', async () => {
    const root = join(scratch, 'mixed');
    mkdirSync(join(root, 'a', 'b'), { recursive: true });
    mkdirSync(join(root, '.git'));
    const jpeg = await pattern().jpeg().toBuffer();
    writeFileSync(join(root, 'one.JPG'), jpeg);
    writeFileSync(join(root, 'a', 'two.unknownext'), jpeg);
    writeFileSync(join(root, 'a', 'b', 'three'), jpeg);
    writeFileSync(join(root, 'a', 'b', 'words'), 'no image');
    writeFileSync(join(root, 'notes.md'), 'no image');
    writeFileSync(join(root, 'movie.mp4'), jpeg);
    writeFileSync(join(root, '.git', 'x.jpg'), jpeg);
    writeFileSync(join(root, '._one.JPG'), 'resource fork');
    const counts = emptyScanCounts();
    const entries = await scan(root, { counts });
    const names = entries.map((entry) => (entry.kind === 'skipped' ? entry.file : entry.relative)).sort();
    expect(names).toEqual([join('a', 'b', 'three'), join('a', 'two.unknownext'), 'one.JPG']);
    expect(counts).toEqual({ folders: 3, images: 3, skipped: 0, hidden: 2, other: 3, passed: { video: 1 } });
    const one = entries.find((entry) => entry.kind === 'image' && entry.relative === 'one.JPG');
    expect(one).toMatchObject({
      bytes: jpeg.length,
      path: join(root, 'one.JPG'),
      modified: lstatSync(join(root, 'one.JPG')).mtimeMs,
    });
  });

  it('lists pictures of kinds that are not read by their kind, and takes unfinished files and copies for no photos', async () => {
    const root = join(scratch, 'kinds');
    mkdirSync(root);
    const jpeg = await pattern().jpeg().toBuffer();
    for (const name of ['a.jpg.part', 'b.jpg~', 'c.jpg.bak', 'd.psd', 'e.exr']) writeFileSync(join(root, name), jpeg);
    const counts = emptyScanCounts();
    const entries = await scan(root, { counts });
    expect(counts).toMatchObject({ images: 0, skipped: 2, other: 3 });
    const kinds = entries.flatMap((entry) => (entry.kind === 'skipped' ? [entry.values] : []));
    expect(kinds).toEqual(expect.arrayContaining([{ kind: 'Photoshop (PSD)' }, { kind: 'OpenEXR' }]));
  });

  it('takes what programs for maps write beside a picture for no photo, and counts it', async () => {
    const root = join(scratch, 'maps');
    mkdirSync(root);
    const picture = await pattern().tiff().toBuffer(); // masks and overviews are TIFFs, too
    for (const name of ['a.tif', 'a.tif.ovr', 'a.tif.msk', 'A.TIF.AUX.XML', 'a.tfw'])
      writeFileSync(join(root, name), picture);
    writeFileSync(join(root, 'b.hdr'), 'ENVI\nsamples = 10\n');
    writeFileSync(join(root, 'c.hdr'), '#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n');
    writeFileSync(join(root, 'a.tfw'), '1.0\n0.0\n0.0\n-1.0\n');
    const counts = emptyScanCounts();
    const entries = await scan(root, { counts });
    const told = entries.map((entry) => (entry.kind === 'skipped' ? entry.values : entry.relative));
    expect(new Set(told)).toEqual(new Set(['a.tif', { kind: 'Radiance HDR' }]));
    expect(counts.passed).toEqual({ gdal: 3 });
    expect(sentenceOf(passedReason(counts.passed)!, 'en')).toContain('3 files of GDAL beside pictures');
  });

  it('names an image in chunks rather than walk through its chunks', async () => {
    const root = join(scratch, 'chunks');
    mkdirSync(join(root, 'plate.ome.zarr', '0', '0'), { recursive: true });
    writeFileSync(join(root, 'plate.ome.zarr', '.zgroup'), '{"zarr_format":2}');
    writeFileSync(join(root, 'plate.ome.zarr', '0', '0', '0'), await pattern().jpeg().toBuffer());
    expect(await scan(root)).toMatchObject([{ kind: 'skipped', key: 'unsupported.zarr' }]);
    await expect(scan(join(root, 'plate.ome.zarr'))).rejects.toThrow(/OME-TIFF/);
    writeFileSync(join(root, 'zarr.json'), '{}');
    await expect(scan(root)).rejects.toMatchObject({ key: 'unsupported.zarr' });
  });

  it.skipIf(process.platform === 'win32')('follows links that lead outside once, and never in circles', async () => {
    const root = join(scratch, 'links');
    const outside = join(scratch, 'outside');
    mkdirSync(join(root, 'inner'), { recursive: true });
    mkdirSync(outside);
    writeFileSync(join(outside, 'far.jpg'), 'x');
    writeFileSync(join(root, 'inner', 'near.jpg'), 'x');
    symlinkSync(outside, join(root, 'first'));
    symlinkSync(outside, join(root, 'second'));
    symlinkSync(root, join(outside, 'back'));
    symlinkSync(join(root, 'inner', 'near.jpg'), join(root, 'again.jpg'));
    symlinkSync(join(outside, 'far.jpg'), join(root, 'direct.jpg'));
    const entries = await scan(root);
    const images = entries.flatMap((entry) => (entry.kind === 'image' ? [entry.relative] : []));
    expect(images.filter((name) => name.endsWith('near.jpg'))).toEqual([join('inner', 'near.jpg')]);
    expect(images.filter((name) => name.endsWith('far.jpg'))).toHaveLength(1);
    expect(images).toContain('direct.jpg');
    expect(
      entries
        .filter((entry) => entry.kind === 'skipped')
        .map((entry) => entry.reason)
        .sort(),
    ).toEqual([
      'A symbolic link to a file of the same folder.',
      'A symbolic link to a folder that is scanned already.',
      'A symbolic link to a folder that is scanned already.',
    ]);
  });

  it('stops when it is cancelled', async () => {
    const root = join(scratch, 'many');
    mkdirSync(root);
    for (let i = 0; i < 700; i++) writeFileSync(join(root, `${i}.jpg`), 'x');
    const controller = new AbortController();
    const batches: number[] = [];
    await expect(async () => {
      for await (const batch of scanBatches(root, { signal: controller.signal })) {
        batches.push(batch.length);
        controller.abort(new Error('cancelled by the test'));
      }
    }).rejects.toThrow('cancelled by the test');
    expect(batches).toEqual([256]);
  });

  it('takes a file in the place of the folder, or of one in it, for what has gone', async () => {
    const root = join(scratch, 'replaced');
    for (const name of ['a', 'b']) {
      mkdirSync(join(root, name), { recursive: true });
      writeFileSync(join(root, name, '1.jpg'), 'x');
    }
    const walk = async () => {
      for await (const batch of scanBatches(root)) {
        if (batch.length === 0 || !lstatSync(root).isDirectory()) continue;
        renameSync(root, `${root} before`);
        writeFileSync(root, '');
      }
    };
    await expect(walk()).rejects.toMatchObject({ key: 'missing.vanished' });
    await expect(decodeImage(join(root, 'a', '1.jpg'))).rejects.toMatchObject({ code: 'missing' });
  });

  it('says why a folder cannot be scanned', async () => {
    await expect(scan(join(scratch, 'missing'))).rejects.toThrow(/does not exist/);
    writeFileSync(join(scratch, 'file.jpg'), 'x');
    await expect(scan(join(scratch, 'file.jpg'))).rejects.toBeInstanceOf(ImageError);
  });
});

describe('labelOf', () => {
  it('takes the folder at a depth, in one Unicode form', () => {
    expect(labelOf(join('cats', 'summer', 'a.jpg'))).toBe('cats');
    expect(labelOf(join('cats', 'summer', 'a.jpg'), 2)).toBe('summer');
    expect(labelOf(join('cats', 'a.jpg'), 2)).toBeNull();
    expect(labelOf('a.jpg')).toBeNull();
    expect(labelOf(join('cafe\u0301', 'a.jpg'))).toBe(labelOf(join('caf\u00e9', 'a.jpg')));
  });
});
