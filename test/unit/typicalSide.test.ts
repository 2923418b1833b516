/** How large the photos of a folder are, read or not. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { typicalSide } from '../../src-main/app/runs/typicalSide.ts';

type Arguments = Parameters<typeof typicalSide>;
const library = { dataset: () => ({ folder: '/photos' }) } as unknown as Arguments[1];
/** The photos of a folder, of which the first that are asked for are given. */
const photosOf = (rows: readonly object[]) => ({ spread: (most: number) => rows.slice(0, most) }) as Arguments[2];
const rows = (sizes: readonly (readonly [number, number])[]) =>
  photosOf(sizes.map(([width, height], i) => ({ datasetId: 'd', file: `${i}.png`, part: '', width, height })));

/** A pool that knows the size of the files of these names, and how often it was asked. */
function poolOf(sizes: Record<string, [number, number]>) {
  const asked: string[] = [];
  const pool = {
    probe: (path: string) => {
      asked.push(path);
      const size = Object.entries(sizes).find(([name]) => path.endsWith(name))?.[1];
      return size ? Promise.resolve({ width: size[0], height: size[1] }) : Promise.reject(new Error('damaged'));
    },
  };
  return { context: { pool, closing: new AbortController().signal } as unknown as Arguments[0], asked };
}

describe('the typical side of photos', () => {
  it('is the median of the shorter ones, without reading a file where they are known', async () => {
    const { context, asked } = poolOf({});
    const known = rows([
      [32, 32],
      [640, 480],
      [28, 40],
    ]);
    expect(await typicalSide(context, library, known)).toBe(32);
    expect(asked).toEqual([]);
  });

  it('is asked of nine photos of a folder that was listed alone', async () => {
    const { context, asked } = poolOf({ '.png': [64, 48] });
    expect(await typicalSide(context, library, rows(Array.from({ length: 900 }, () => [0, 0] as const)))).toBe(48);
    expect(asked).toHaveLength(9);
    expect(new Set(asked).size).toBe(9);
  });

  it('is asked of plain JPEGs without a decoder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sides-'));
    const photo = sharp({ create: { width: 60, height: 44, channels: 3, background: '#840' } });
    await photo.jpeg().toFile(join(folder, 'plain.jpg'));
    await photo.withMetadata({ orientation: 6 }).jpeg().toFile(join(folder, 'turned.jpg'));
    const here = { dataset: () => ({ folder }) } as unknown as Arguments[1];
    const row = (file: string) => ({ datasetId: 'd', file, part: '', width: 0, height: 0 });
    const { context, asked } = poolOf({});
    const side = await typicalSide(context, here, photosOf([row('plain.jpg'), row('turned.jpg')]));
    await rm(folder, { recursive: true });
    expect(side).toBe(44);
    expect(asked).toEqual([join(folder, 'turned.jpg')]);
  });

  it('passes over what cannot be read, and is not known where nothing can', async () => {
    const unread = rows([
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    expect(await typicalSide(poolOf({ '1.png': [50, 40] }).context, library, unread)).toBe(40);
    expect(await typicalSide(poolOf({}).context, library, unread)).toBeUndefined();
    expect(await typicalSide(poolOf({}).context, library, rows([]))).toBeUndefined();
  });
});
