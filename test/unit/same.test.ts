/** Telling a copy of a picture from another moment of it: hashes, proposals, the geometric check and cliques. */
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { IdList } from '../../shared/idList.ts';
import { comparePairs } from '../../src-main/app/duplicates/compare.ts';
import { among } from '../../src-main/app/duplicates/finder.ts';
import { sampleScene } from '../../src-main/app/sample/scene.ts';
import { fit, pyramid } from '../../src-main/images/same/fit.ts';
import { greyOf, inverse, orientations, plain, sideFor, turned } from '../../src-main/images/same/grey.ts';
import { descriptorLength, hashInto, sketchSide, spectrum } from '../../src-main/images/same/hashes.ts';
import { hashMatches, planBands } from '../../src-main/images/same/hashMatches.ts';
import { composed, descriptors, propose } from '../../src-main/images/same/propose.ts';
import { ImageError, samePicture } from '../../src-main/images/index.ts';
import type { Fit, ImagePool } from '../../src-main/images/index.ts';
import { markExceptional } from '../../src-main/search/closeness.ts';
import { cliques, connected } from '../../src-main/search/index.ts';
import { moments } from '../../scripts/duplicates/set.ts';
import { randomOf } from '../../src-main/app/sample/random.ts';

let state = 7;
const random = (count: number): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * count);
};
const anyHash = (): bigint => (BigInt(random(2 ** 32)) << 32n) | BigInt(random(2 ** 32));
function flipped(hash: bigint, bits: number): bigint {
  const places = new Set<number>();
  while (places.size < bits) places.add(random(64));
  return [...places].reduce((value, place) => value ^ (1n << BigInt(place)), hash);
}
const packed = (hashes: readonly bigint[]): Uint32Array =>
  Uint32Array.from(hashes.flatMap((hash) => [Number(hash >> 32n), Number(hash & 0xffffffffn)]));
const distanceOf = (a: bigint, b: bigint) => (a ^ b).toString(2).replaceAll('0', '').length;

function matches(table: readonly bigint[], queries: readonly bigint[], distance: number): Set<string> {
  const found = new Set<string>();
  hashMatches(packed(table), packed(queries), distance, (query, entry) => found.add(`${query} ${entry}`));
  return found;
}

describe('matches of hashes', () => {
  it('are those that comparing every pair finds, at every distance', () => {
    const table = Array.from({ length: 60 }, anyHash);
    const queries = table.map((hash, i) => flipped(hash, i % 18));
    for (let distance = 0; distance <= 16; distance++) {
      const all = queries.flatMap((query, q) =>
        table.flatMap((entry, e) => (distanceOf(query, entry) <= distance ? [`${q} ${e}`] : [])),
      );
      expect([...matches(table, queries, distance)].sort()).toEqual(all.sort());
    }
  });

  it('are found where thousands of others share most of their bits', () => {
    // the upper 40 bits of the crowd are alike, so every table of those has one full bucket
    const crowd = Array.from({ length: 3000 }, () => (0xabcdef1234n << 24n) | BigInt(random(2 ** 24)));
    const planted = Array.from({ length: 200 }, anyHash);
    const found = matches(
      [...crowd, ...planted],
      planted.map((hash) => flipped(hash, 8)),
      8,
    );
    expect(planted.filter((_, i) => found.has(`${i} ${crowd.length + i}`)).length).toBe(200);
  });

  it('are looked for in bands whose radii miss no pair', () => {
    for (const count of [10, 10_000, 2_000_000])
      for (let distance = 0; distance <= 16; distance++) {
        const bands = planBands(count, distance);
        // a pair that escapes every band differs by more than the radius in each, and by anything in those left out
        const least = bands.reduce((sum, { radius }) => sum + radius + 1, 0);
        expect(least, `${count} hashes at ${distance}`).toBeGreaterThan(distance);
        for (let b = 1; b < bands.length; b++)
          expect(bands[b]!.from).toBeGreaterThanOrEqual(bands[b - 1]!.from + bands[b - 1]!.width);
        expect(bands.every(({ width }) => width <= 22)).toBe(true);
      }
  });
});

describe('the eight ways to lay a picture', () => {
  const data = Float32Array.from({ length: sketchSide ** 2 }, () => random(256));
  const grey = plain(sketchSide, data);
  it('are taken back and put together', () => {
    for (let way = 0; way < orientations; way++) {
      expect(turned(turned(grey, way), inverse(way)).data).toEqual(data);
      for (let next = 0; next < orientations; next++)
        expect(turned(turned(grey, way), next).data).toEqual(turned(grey, composed(way, next)).data);
    }
  });
  it('have the hash that the picture itself tells of them', () => {
    const [told, own] = [new Uint32Array(2), new Uint32Array(2)];
    for (let way = 0; way < orientations; way++) {
      hashInto(spectrum(data), way, told, 0);
      hashInto(spectrum(turned(grey, way).data), 0, own, 0);
      expect(told).toEqual(own);
    }
  });
});

/** Two pictures of a rendered scene, and what is made of them. */
interface Raw {
  data: Buffer;
  width: number;
  height: number;
}
async function decoded(source: Buffer): Promise<Raw> {
  const { data, info } = await sharp(source).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}
const levels = ({ data, width, height }: Raw) => pyramid(greyOf(data, width, height, sideFor(width, height)));
const all = Array.from({ length: orientations }, (_, way) => way);

/** Light, coarse grain of a warm hue with dark and coloured blobs, of which one may stand some pixels aside. */
function glaring(seed: number, aside = 0): Promise<Buffer> {
  const side = 256;
  const chance = randomOf(`glaring ${seed}`);
  const blobs = Array.from({ length: 14 }, (_, i) => ({
    x: chance.between(20, 236) + (i === 0 ? aside : 0),
    y: chance.between(20, 236),
    radius: chance.between(8, 26),
    colour: [chance.between(10, 120), chance.between(10, 160), chance.between(10, 120)],
  }));
  const data = Buffer.alloc(side * side * 3);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const light = 120 + (x / side) * 90;
      const grain = chance.between(-1, 1) * (y < side / 2 ? 130 : 25);
      const blob = blobs.find((each) => Math.hypot(x - each.x, y - each.y) < each.radius);
      const colour = blob?.colour ?? [light + grain + 30, light + grain, light + grain - 40];
      for (let c = 0; c < 3; c++) data[(y * side + x) * 3 + c] = Math.max(0, Math.min(255, Math.round(colour[c]!)));
    }
  return sharp(data, { raw: { width: side, height: side, channels: 3 } })
    .png()
    .toBuffer();
}

describe('two pictures', () => {
  let scene: Raw;
  let other: Raw;
  const as = (change: (picture: Sharp) => Sharp): Promise<Raw> =>
    change(sharp(scene.data, { raw: { ...scene, channels: 3 } }))
      .jpeg({ quality: 70 })
      .toBuffer()
      .then(decoded);
  const checked = (copy: Raw) => {
    const [a, b] = [levels(scene), levels(copy)];
    const count = Math.min(a.length, b.length);
    return fit(a.slice(0, count), b.slice(0, count), all);
  };
  beforeAll(async () => {
    const drawn = (name: string, index: number) =>
      sharp(Buffer.from(sampleScene(name, index)))
        .png()
        .toBuffer();
    scene = await decoded(await drawn('leaves', 3));
    other = await decoded(await drawn('leaves', 4));
  });

  it('are one where the second is smaller, brighter, cut, turned or mirrored', async () => {
    const copies: [string, (picture: Sharp) => Sharp][] = [
      ['smaller', (picture) => picture.resize(90)],
      ['brighter', (picture) => picture.linear(1.2, 12)],
      ['cut', (picture) => picture.extract({ left: 6, top: 2, width: 150, height: 152 })],
      ['turned', (picture) => picture.rotate(90)],
      ['mirrored', (picture) => picture.flop()],
    ];
    for (const [how, change] of copies) expect(samePicture(checked(await as(change))), how).toBe(true);
  });

  it('are one where brightening clipped most of what was light, grains within a place as well', async () => {
    const one = levels(await decoded(await glaring(1)));
    const brightened = levels(
      await decoded(
        await sharp(await glaring(1))
          .linear(1.2, 12)
          .jpeg({ quality: 88 })
          .toBuffer(),
      ),
    );
    for (const [a, b] of [
      [one, brightened],
      [brightened, one],
    ] as const)
      expect(samePicture(fit(a, b, [0]))).toBe(true);
    // brightened as much, but what is on it stands elsewhere
    const later = await sharp(await glaring(1, 6))
      .linear(1.2, 12)
      .jpeg({ quality: 88 })
      .toBuffer();
    expect(samePicture(fit(one, levels(await decoded(later)), [0]))).toBe(false);
    // of white on white nothing is known
    const white = await sharp(await glaring(1))
      .linear(1.2, 190)
      .jpeg({ quality: 88 })
      .toBuffer();
    expect(samePicture(fit(one, levels(await decoded(white)), [0]))).toBe(false);
  });

  it('are two where something moved, and where they are of one kind', async () => {
    for (const [how, way] of Object.entries(moments)) {
      const later = checked(await decoded(await way(scene, randomOf(how))));
      expect(samePicture(later), how).toBe(false);
      expect(later.coarse, how).toBeGreaterThan(0.85); // and yet alike
    }
    expect(samePicture(checked(other))).toBe(false);
  });
});

describe('proposals', () => {
  const count = 300;
  const cells = sketchSide ** 2;
  /** Smooth pictures that share most of what they show, as frames of one kind do. */
  const sketches = new Uint8Array(count * cells);
  for (let row = 0; row < count; row++) {
    const waves = Array.from(
      { length: 12 },
      () => [random(4), random(4), random(100) - 50, random(628) / 100] as const,
    );
    for (let i = 0; i < cells; i++) {
      const [x, y] = [(i % sketchSide) / sketchSide, Math.floor(i / sketchSide) / sketchSide];
      const own = waves.reduce((sum, [u, v, by, phase]) => sum + by * Math.cos(6.28 * (u * x + v * y) + phase), 0);
      sketches[row * cells + i] = Math.max(0, Math.min(255, 128 + 30 * Math.cos(3 * x) + 0.4 * own));
    }
  }
  it('find a turned copy by its hash, and one that an encoder finds by its neighbours', () => {
    const sketch = (row: number) => sketches.subarray(row * cells, (row + 1) * cells);
    const data = Float32Array.from(sketch(10));
    sketch(200).set(turned(plain(sketchSide, data), 6).data);
    const found = propose({ sketches, count, neighbours: [] });
    const at = found.a.findIndex((a, i) => a === 10 && found.b[i] === 200);
    expect(at).toBeGreaterThanOrEqual(0);
    expect(found.way[at]).toBe(6);
    // of a cut copy hashes may tell nothing: by the frequencies it is near
    const vectors = descriptors(sketches, count);
    const near = (row: number) => vectors.subarray(row * descriptorLength, (row + 1) * descriptorLength);
    expect(near(200)).toEqual(near(10));
    // every bit of a flat picture is chance: none is proposed, however many there are
    const flat = new Uint8Array(40 * cells).fill(200);
    expect(propose({ sketches: flat, count: 40, neighbours: [] }).a.length).toBe(0);
  });
});

it('takes an encoder’s neighbours as places among the photos that are looked at, the others fall away', async () => {
  const rows = ['f-a', 'f-b', 'f-c', 'f-d'].map((id) => ({ id }));
  const ids = IdList.of(['f-c', 'f-x', 'f-a', 'f-b']);
  const graph = {
    indices: Int32Array.from(
      [
        [1, 2],
        [0, 2],
        [3, -1],
        [2, 0],
      ].flat(),
    ),
    similarities: Float32Array.from({ length: 8 }, (_, e) => 0.9 - 0.1 * (e % 2)),
  };
  const { indices } = await among(rows, { ids, graph, k: 2 }, new AbortController().signal);
  expect([...indices]).toEqual(
    [
      [1, -1],
      [0, 2],
      [0, -1],
      [-1, -1],
    ].flat(),
  );
});

describe('comparing', () => {
  const files = Array.from({ length: 5 }, (_, i) => `${i}.webp`);
  const pairs = files.slice(1).map((_, i) => ({ a: 0, b: i + 1, ways: 1 }));
  /** A pool whose jobs fail with what `failing` says of the files that they read. */
  const poolOf = (failing: (sources: string[]) => unknown) => {
    const jobs: string[][] = [];
    const run = ({ sources, pairs: asked }: { sources: string[]; pairs: unknown[] }) => {
      jobs.push(sources);
      const error = failing(sources);
      return error === null ? Promise.resolve(asked.map(() => ({}) as Fit)) : Promise.reject(error as Error);
    };
    return { jobs, pool: { workers: 1, run } as unknown as Pick<ImagePool, 'run' | 'workers'> };
  };
  const late = (sources: string[]) => new ImageError(sources[0]!, 'timed-out.seconds', { seconds: 20 });

  it('tries the pairs of a late job once more, each alone, and counts those that are late again', async () => {
    const { jobs, pool } = poolOf((sources) => (sources.length > 2 || sources[1] === '3.webp' ? late(sources) : null));
    const { fits, missed } = await comparePairs(pool, files, pairs, new AbortController().signal);
    expect(fits.map((fit) => fit !== null)).toEqual([true, true, false, true]);
    expect(missed).toBe(1);
    expect(jobs).toEqual([files, ...pairs.map(({ b }) => [files[0], files[b]])]);
  });

  it('fails where the pool does, and ends when it is cancelled', async () => {
    const signal = new AbortController().signal;
    await expect(comparePairs(poolOf(() => new Error('closed')).pool, files, pairs, signal)).rejects.toThrow('closed');
    const cancelled = new AbortController();
    const { pool, jobs } = poolOf((sources) => (cancelled.abort(), late(sources)));
    await expect(comparePairs(pool, files, pairs, cancelled.signal)).rejects.toBe(cancelled.signal.reason);
    expect(jobs).toHaveLength(1);
  });
});

describe('groups', () => {
  it('are cliques, never chains', () => {
    const link = (a: number, b: number, closeness = 1) => ({ a, b, closeness });
    expect(cliques([link(0, 1, 3), link(1, 2, 2), link(2, 3, 1)])).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(cliques([link(0, 1), link(1, 2), link(0, 2), link(5, 7)])).toEqual([
      [0, 1, 2],
      [5, 7],
    ]);
    expect(connected([link(4, 2), link(2, 9), link(1, 3)])).toEqual([
      [2, 4, 9],
      [1, 3],
    ]);
  });

  it('of an encoder are pairs nearer than its own distances explain', () => {
    const [n, k] = [400, 10];
    const indices = new Int32Array(n * k);
    const similarities = new Float32Array(n * k);
    for (let row = 0; row < n; row++)
      for (let e = 0; e < k; e++) {
        indices[row * k + e] = (row + e + 1) % n;
        // in four dimensions the e-th of k lies at (e / k) ** (1 / 4) of the farthest, and 1 - cos at its square
        similarities[row * k + e] = 1 - 0.1 * Math.sqrt((e + 0.5 + random(100) / 200) / k);
      }
    expect(markExceptional({ indices, similarities }, n, k).reduce((a, b) => a + b, 0)).toBe(0);
    similarities[7 * k] = 1 - 1e-4;
    const marks = markExceptional({ indices, similarities }, n, k);
    expect(marks[7 * k]).toBe(1);
    expect(marks.reduce((a, b) => a + b, 0)).toBe(1);
  });
});
