/** The pool: what it returns, and that nothing a file does to a decoder reaches the program. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import sharp from 'sharp';
import {
  ImageError,
  ImagePool,
  closeSharedPool,
  evaluationImage,
  normalizeInto,
  decodeBytes,
  prepareQuery,
  probeImage,
  thumbnail,
} from '../../../src-main/images/index.ts';
import { sharedFolder } from '../../helpers/folders.ts';
import { heicFixture } from '../../helpers/phonePictures.ts';
import { HEIGHT, WIDTH, orientedJpeg, pattern, quartersOf, rawFile, texture } from '../../helpers/pictures.ts';
import { encode, tiff, values } from '../../helpers/rasters.ts';

const scratch = sharedFolder('pool');
let pool: ImagePool | undefined;
afterEach(async () => pool?.close());
afterAll(() => closeSharedPool());

const put = (name: string, bytes: Uint8Array): string => {
  const path = join(scratch, name);
  writeFileSync(path, bytes);
  return path;
};

describe.each(['process', 'thread'] as const)('a pool of one %s', (isolation) => {
  it('prepares a photo: training copy, evaluation image and facts', async () => {
    pool = new ImagePool({ workers: 1, isolation });
    const bytes = await texture(3, 400, 300).jpeg().toBuffer();
    const prepared = await pool.prepare(put('p.jpg', bytes), 64, 103);
    const decoded = await decodeBytes('p.jpg', bytes);
    expect(prepared).toMatchObject({ width: 400, height: 300, format: 'jpeg', orientation: 1, bytes: bytes.length });
    expect([prepared.training.width, prepared.training.height, prepared.training.data.length]).toEqual([
      137,
      103,
      137 * 103 * 3,
    ]);
    expect(Buffer.compare(prepared.evaluation, evaluationImage(decoded, 64))).toBe(0);
  });

  it('decodes measured values', async () => {
    pool = new ImagePool({ workers: 1, isolation });
    const pixels = encode(values(100, 900), 'u16');
    const { data, measured } = await pool.decode({ name: 'x.tif', bytes: tiff({ type: 'u16', pixels }) });
    expect([measured, Math.max(...data)]).toEqual(['uint16x1', 255]);
  });

  it('never enlarges the training copy, and keeps the middle of a panorama', async () => {
    pool = new ImagePool({ workers: 1, isolation });
    const small = await pool.prepare(put('s.png', await pattern().png().toBuffer()), 64, 103);
    expect([small.training.width, small.training.height]).toEqual([WIDTH, HEIGHT]);
    expect(quartersOf(small.training)).toEqual(
      quartersOf({ width: WIDTH, height: HEIGHT, data: await pattern().raw().toBuffer() }),
    );
    const wide = await pool.prepare(put('w.png', await pattern(3000, 100).png().toBuffer()), 32, 50);
    expect([wide.width, wide.training.width, wide.training.height]).toEqual([3000, 200, 50]);
  });

  it('reports the reason of a file, and goes on', async () => {
    pool = new ImagePool({ workers: 1, isolation });
    const [words, picture] = [
      put('t.jpg', Buffer.from('only words, no picture')),
      put('g.png', await pattern().png().toBuffer()),
    ];
    const bad = expect(pool.probe(words)).rejects.toMatchObject({
      ...{ name: 'ImageError', code: 'not-an-image', file: words },
    });
    const good = pool.probe(picture);
    await bad;
    expect((await good).width).toBe(WIDTH);
  });
});

describe('time limit', () => {
  it('ends a worker that does not answer, lists the file and replaces the worker', async () => {
    pool = new ImagePool({ workers: 1, timeout: 0.05 });
    await expect(pool.decode(put('slow.jpg', await slowJpeg()))).rejects.toMatchObject({ code: 'timed-out' });
    const error = await pool.decode(put('again.png', await pattern().png().toBuffer())).then(
      () => null,
      (reason: unknown) => reason,
    );
    // The next file has a fresh worker; whether a twentieth of a second is enough for it depends on the machine.
    if (error) expect(error).toMatchObject({ code: 'timed-out' });
  });

  it('gives up a job when it is cancelled', async () => {
    pool = new ImagePool({ workers: 1 });
    const path = put('c.png', await pattern().png().toBuffer());
    const controller = new AbortController();
    const jobs = [pool.decode(path, controller.signal), pool.decode(path, controller.signal)].map((job) =>
      job.catch((error: unknown) => error),
    );
    controller.abort(new Error('enough'));
    for (const result of await Promise.all(jobs)) expect(result).toMatchObject({ message: 'enough' });
    expect((await pool.decode(path)).width).toBe(WIDTH);
  });

  it.skipIf(process.platform !== 'linux')('a decoder that dies costs its file only', async () => {
    pool = new ImagePool({ workers: 1 });
    const path = put('d.png', await pattern().png().toBuffer());
    await pool.decode(path);
    const slow = pool.decode(put('victim.jpg', await slowJpeg()));
    const [worker] = childrenOf(process.pid);
    process.kill(worker!, 'SIGSEGV');
    await expect(slow).rejects.toMatchObject({ code: 'crashed', message: expect.stringContaining('SIGSEGV') });
    expect((await pool.decode(path)).width).toBe(WIDTH);
  });
});

/** 96 megapixels: no decoder is done with them in a twentieth of a second. */
function slowJpeg(): Promise<Buffer> {
  return sharp({ create: { width: 12_000, height: 8000, channels: 3, background: '#3a7' } })
    .jpeg()
    .toBuffer();
}

function childrenOf(pid: number): number[] {
  const list = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(pid)], { encoding: 'utf8' });
  return list
    .split('\n')
    .filter((line) => /pool\/worker/.test(line))
    .map((line) => Number.parseInt(line, 10));
}

describe('single photos', () => {
  it.each([
    ['photo.jpg', () => orientedJpeg(6, 640, 400), [640, 400], 6],
    ['photo.heic', () => heicFixture('pattern'), [WIDTH, HEIGHT], 1],
    ['photo.nef', () => rawFile('nef', 8), [320, 200], 8],
    ['photo.png', () => pattern(20, 200).png().toBuffer(), [20, 200], 1],
  ] as const)(
    '%s: size, orientation, hash and an upright thumbnail in one go',
    async (name, make, [width, height], orientation) => {
      const facts = await probeImage(put(name, await make()), 128);
      expect(facts).toMatchObject({ width, height, orientation, hash: expect.stringMatching(/^[0-9a-f]{16}$/) });
      const small = await decodeBytes('t', Buffer.from(facts.thumbnail));
      expect([small.format, Math.max(small.width, small.height)]).toEqual([
        'webp',
        Math.min(128, Math.max(width, height)),
      ]);
      const [red, green, blue] = quartersOf(small);
      expect(red![0]).toBeGreaterThan(red![1]! + 60);
      expect(green![1]).toBeGreaterThan(green![0]! + 60);
      expect(blue![2]).toBeGreaterThan(blue![0]! + 60);
    },
  );

  it('is woken before there is a photo: the worker that was started takes the first one', async () => {
    const woken = new ImagePool({ workers: 2 });
    try {
      woken.wake();
      woken.wake();
      expect(await woken.probe(put('woken.jpg', await orientedJpeg(1)))).toMatchObject({ format: 'jpeg' });
    } finally {
      await woken.close();
    }
    expect(() => woken.wake()).not.toThrow(); // closed: it starts none
  });

  it('a thumbnail as bytes', async () => {
    const bytes = await thumbnail(put('x.jpg', await orientedJpeg(1)), 48);
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'webp', width: 48, height: 32 });
  });

  it('a pasted image becomes the normalised evaluation image', async () => {
    const bytes = await texture(5).png().toBuffer();
    const query = await prepareQuery({ name: 'pasted', bytes }, 64);
    const rgb = evaluationImage(await decodeBytes('x', bytes), 64);
    const expected = new Float32Array(3 * 64 * 64);
    normalizeInto(rgb, 64 * 64, expected, 0);
    expect(query.every(Number.isFinite)).toBe(true);
    expect(query).toEqual(expected);
    expect(Buffer.compare(bytes, readFileSync(put('same.png', bytes)))).toBe(0);
    await expect(
      prepareQuery({ name: 'pasted', bytes: Buffer.from('words instead of an image') }, 64),
    ).rejects.toBeInstanceOf(ImageError);
  });
});
