/** Telling a copy of a picture from another moment of it: how it may lie, what is proposed, the geometric check. */
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { motifs } from '../../src-main/app/sample/motifs.ts';
import { sampleScene } from '../../src-main/app/sample/scene.ts';
import { fit, pyramid } from '../../src-main/images/same/fit.ts';
import { greyOf, inverse, orientations, plain, sideFor, turned } from '../../src-main/images/same/grey.ts';
import { descriptorLength, hashInto, sketchSide, spectrum } from '../../src-main/images/same/hashes.ts';
import { composed, descriptors, propose } from '../../src-main/images/same/propose.ts';
import { samePicture } from '../../src-main/images/index.ts';
import { moments } from '../../scripts/duplicates/set.ts';
import { randomOf } from '../../src-main/app/sample/random.ts';
import { random } from '../helpers/random.ts';

const next = random(7);
const below = (count: number) => Math.floor(next() * count);

describe('the eight ways to lay a picture', () => {
  const data = Float32Array.from({ length: sketchSide ** 2 }, () => below(256));
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
export const all = Array.from({ length: orientations }, (_, way) => way);

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

  it('are two wherever they are of one class of the built-in samples, however alike its textures', async () => {
    for (const name of Object.keys(motifs)) {
      const photos: ReturnType<typeof levels>[] = [];
      for (let index = 0; index < 4; index++)
        photos.push(
          levels(
            await decoded(
              await sharp(Buffer.from(sampleScene(name, index)))
                .png()
                .toBuffer(),
            ),
          ),
        );
      for (const [i, one] of photos.entries())
        for (const before of photos.slice(0, i)) {
          const found = fit(one, before, all);
          expect(samePicture(found), name).toBe(false);
          expect(found.coarse, name).toBeLessThan(0.92); // nor are they offered as two moments of one scene
        }
    }
  });
});

describe('proposals', () => {
  const count = 300;
  const cells = sketchSide ** 2;
  /** Smooth pictures that share most of what they show, as frames of one kind do. */
  const sketches = new Uint8Array(count * cells);
  for (let row = 0; row < count; row++) {
    const waves = Array.from({ length: 12 }, () => [below(4), below(4), below(100) - 50, below(628) / 100] as const);
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
