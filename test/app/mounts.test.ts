/**
 * Folders as real disks have them: names that are not UTF-8, and a mount that vanishes while it is read. Mounting takes
 * Linux and root; elsewhere that part is skipped, and says so.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { shownName } from '../../shared/fileNames.ts';
import { nameOfBytes, systemPath } from '../../src-main/files/index.ts';
import { decodeImage, scanBatches, scanFolder } from '../../src-main/images/index.ts';
import { readPart } from '../../src-main/images/decode/regions.ts';
import { DEFAULT_LIMITS } from '../../src-main/images/decode/types.ts';
import { defaultRule } from '../../src-main/images/rule.ts';
import { divideFile } from '../../src-main/images/tiles.ts';
import { sharedFolder } from '../helpers/folders.ts';
import { openLibrary } from '../helpers/libraryDouble.ts';
import type { LibraryDouble } from '../helpers/libraryDouble.ts';

const scratch = sharedFolder('mounts');

const mount = (...args: string[]) => execFileSync('mount', args, { stdio: 'pipe' });
const unmount = (place: string) => execFileSync('umount', ['-l', place], { stdio: 'pipe' });

function whyNoMount(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'mounting takes Linux and root';
  const place = join(scratch, 'try');
  mkdirSync(place);
  try {
    mount('-t', 'tmpfs', 'none', place);
    unmount(place);
    return null;
  } catch (error) {
    return `nothing can be mounted here: ${(error as Error).message.split('\n')[0]}`;
  }
}
const noMount = whyNoMount();
if (noMount) console.warn(`mounts.test.ts: skipped, ${noMount}`);

describe('names that are not UTF-8', () => {
  const odd = [
    Buffer.from('caf\xe9', 'latin1'),
    Buffer.from('\xff\xfe', 'latin1'),
    Buffer.from('\u{10fff0}é\xe9', 'utf8'),
  ];

  test('stand for their bytes and nothing else', () => {
    for (const bytes of [
      ...odd,
      Buffer.from('\xe2\x82', 'latin1'),
      Buffer.from('größe 写真.jpg'),
      Buffer.from('\ufffd'),
    ]) {
      const name = nameOfBytes(bytes);
      expect(Buffer.from(systemPath(name))).toEqual(bytes);
      expect(name.isWellFormed()).toBe(true);
      expect(JSON.parse(JSON.stringify(name))).toBe(name);
      expect(nameOfBytes(Buffer.from(systemPath(name)))).toBe(name);
    }
    expect(shownName(nameOfBytes(odd[0]!))).toBe('caf\\xe9');
    expect(nameOfBytes(Buffer.from('größe 写真.jpg'))).toBe('größe 写真.jpg');
  });

  test.skipIf(process.platform !== 'linux')('are scanned, read, cut into tiles and kept by the library', async () => {
    const folder = join(scratch, 'odd');
    const inside = Buffer.concat([Buffer.from(`${folder}/`), odd[1]!]);
    mkdirSync(inside, { recursive: true });
    const photo = sharp({
      create: {
        width: 120,
        height: 80,
        channels: 3,
        background: '#888',
        noise: { type: 'gaussian', mean: 128, sigma: 40 },
      },
    });
    const file = (...parts: (Buffer | string)[]) => Buffer.concat(parts.map((part) => Buffer.from(part)));
    writeFileSync(file(folder, '/', odd[0]!, '.jpg'), await photo.clone().jpeg().toBuffer());
    writeFileSync(
      file(inside, '/', odd[0]!, '.tif'),
      await photo.clone().tiff({ tile: true, tileWidth: 32, tileHeight: 32 }).toBuffer(),
    );
    const found = await Array.fromAsync(scanFolder(folder));
    const images = found
      .flatMap((entry) => (entry.kind === 'image' ? [entry] : []))
      .sort((a, b) => (a.relative < b.relative ? -1 : 1));
    expect(images.map(({ relative }) => shownName(relative))).toEqual(['caf\\xe9.jpg', '\\xff\\xfe/caf\\xe9.tif']);
    for (const { path } of images) expect(await decodeImage(path)).toMatchObject({ width: 120, height: 80 });
    const rule = { ...defaultRule, tiles: 40 };
    for (const { path } of images) {
      const { parts } = (await divideFile(path, DEFAULT_LIMITS, rule))!;
      expect(parts).toHaveLength(6);
      expect(await readPart(path, parts[4]!.part, DEFAULT_LIMITS, rule)).toMatchObject({ width: 40, height: 40 });
    }
    const library = openLibrary(join(scratch, 'home-odd'));
    try {
      const { id } = await library.call('library.add', { folder });
      await library.idle();
      const names = async () =>
        (await library.call('library.images', { datasetId: id })).images.map((image) => image.file);
      expect((await names()).map(shownName).sort()).toEqual(['\\xff\\xfe/caf\\xe9.tif', 'caf\\xe9.jpg']);
      expect(await library.call('library.get', { datasetId: id })).toMatchObject({ images: 2, skipped: 0 });
      library.asked.length = 0;
      await library.call('library.rescan', { datasetId: id });
      await library.idle();
      expect(library.asked).toEqual([]); // they are known again
    } finally {
      await library.close();
    }
  });
});

describe.skipIf(noMount !== null)('a mount that vanishes', () => {
  const disk = join(scratch, 'disk');
  const place = join(scratch, 'place');
  let library: LibraryDouble;

  beforeEach(() => {
    for (const folder of [disk, place]) mkdirSync(folder, { recursive: true });
    mount('-t', 'tmpfs', 'none', disk);
    for (let f = 0; f < 4; f++) {
      mkdirSync(join(disk, String(f)));
      for (let i = 0; i < 300; i++) writeFileSync(join(disk, String(f), `${i}.jpg`), `photo ${f} ${i}`);
    }
    mount('--bind', disk, place);
    library = openLibrary(mkdtempSync(join(scratch, 'home-')));
  });
  afterEach(async () => {
    await library.close();
    for (const folder of [place, disk])
      try {
        unmount(folder);
      } catch {
        // the test has done so
      }
  });
  const state = async (id: string) => {
    const { state: now, images, away } = await library.call('library.get', { datasetId: id });
    return { now, images, away };
  };

  test('while its folders are walked is no folder with half its photos', async () => {
    const walk = async () => {
      let isThere = true;
      for await (const batch of scanBatches(place))
        if (isThere && batch.length > 0) {
          unmount(place);
          isThere = false;
        }
    };
    await expect(walk()).rejects.toMatchObject({ key: 'missing.vanished' });
  });

  test('while its photos are read leaves them away, and known when it is back', async () => {
    const held = library.hold('150.jpg');
    const { id } = await library.call('library.add', { folder: place });
    await held.reached;
    unmount(place);
    held.release();
    await library.idle();
    expect(await state(id)).toEqual({ now: 'away', images: 0, away: 1200 });
    await library.call('library.rescan', { datasetId: id }); // an empty folder stands there now
    await library.idle();
    expect(await state(id)).toEqual({ now: 'away', images: 0, away: 1200 });
    mount('--bind', disk, place);
    await library.call('library.rescan', { datasetId: id });
    await library.idle();
    expect(await state(id)).toEqual({ now: 'ready', images: 1200, away: 0 });
  });
});
