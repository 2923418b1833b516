/**
 * The set on which the finder of duplicates is measured: originals, copies of each, other moments of each and pictures
 * of one texture. The name of a file says what it is: `<original>.jpg`, `<original>-copy-<how>.jpg`,
 * `<original>-moment-<how>.jpg`, `texture-<which>-<part>.jpg`.
 */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { motifs } from '../../src-main/app/sample/motifs.ts';
import { randomOf } from '../../src-main/app/sample/random.ts';
import type { Random } from '../../src-main/app/sample/random.ts';
import { sampleScene } from '../../src-main/app/sample/scene.ts';

interface Picture {
  width: number;
  height: number;
  data: Buffer; // [height, width, 3]
}

const raw = ({ width, height }: Picture) => ({ raw: { width, height, channels: 3 as const } });

async function load(source: string | Buffer, density?: number): Promise<Picture> {
  const { data, info } = await sharp(source, density ? { density } : {})
    .rotate()
    .flatten({ background: '#fff' })
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.channels === 3) return { width: info.width, height: info.height, data };
  const grey = { width: info.width, height: info.height, channels: info.channels };
  return { ...info, data: await sharp(data, { raw: grey }).toColourspace('srgb').raw().toBuffer() };
}

type Way = (picture: Picture, random: Random) => Promise<Buffer>;

const window = (size: number, share: number, random: Random) => {
  const length = Math.max(8, Math.round(size * share));
  return { at: random.integer(0, size - length), length };
};

/** What people and programs do to a picture. */
const copies: Record<string, Way> = {
  resized: (p) =>
    sharp(p.data, raw(p))
      .resize(Math.max(32, Math.round(p.width * 0.45)))
      .jpeg({ quality: 88 })
      .toBuffer(),
  recompressed: (p) => sharp(p.data, raw(p)).jpeg({ quality: 45 }).toBuffer(),
  cropped: (p, random) => {
    const [x, y] = [window(p.width, 0.95, random), window(p.height, 0.95, random)];
    return sharp(p.data, raw(p))
      .extract({ left: x.at, top: y.at, width: x.length, height: y.length })
      .jpeg({ quality: 88 })
      .toBuffer();
  },
  // 5 % of every side
  trimmed: (p) => {
    const [x, y] = [Math.round(p.width * 0.05), Math.round(p.height * 0.05)];
    return sharp(p.data, raw(p))
      .extract({ left: x, top: y, width: p.width - 2 * x, height: p.height - 2 * y })
      .jpeg({ quality: 88 })
      .toBuffer();
  },
  turned: (p, random) =>
    sharp(p.data, raw(p))
      .rotate(random.chance(0.5) ? 90 : 270)
      .jpeg({ quality: 88 })
      .toBuffer(),
  brightened: (p) => sharp(p.data, raw(p)).linear(1.2, 12).jpeg({ quality: 88 }).toBuffer(),
};

/**
 * The picture warped, with the noise of another exposure: `from` says where each place is taken from, in shares of the
 * sides.
 */
async function moved(p: Picture, random: Random, from: (x: number, y: number) => [number, number]): Promise<Buffer> {
  const { width, height, data } = p;
  const out = Buffer.alloc(width * height * 3);
  const gain = random.between(0.97, 1.03);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [fx, fy] = from(x / width, y / height);
      const u = Math.max(0, Math.min(width - 1.001, fx * width));
      const v = Math.max(0, Math.min(height - 1.001, fy * height));
      const at = (Math.floor(v) * width + Math.floor(u)) * 3;
      const [a, b] = [u % 1, v % 1];
      const noise = random.between(-6, 6);
      for (let c = 0; c < 3; c++) {
        const row = (k: number) => (1 - a) * data[at + k + c]! + a * data[at + k + 3 + c]!;
        out[(y * width + x) * 3 + c] = Math.max(
          0,
          Math.min(255, Math.round(gain * ((1 - b) * row(0) + b * row(height > 1 ? 3 * width : 0)) + noise)),
        );
      }
    }
  return sharp(out, raw(p)).jpeg({ quality: 88 }).toBuffer();
}

/** What a second photo of a scene, taken a moment later, changes of the first. */
export const moments: Record<string, Way> = {
  // the camera moved: near things shift by more than far ones
  camera: (p, random) => {
    const [turn, shift, depth] = [random.between(0.01, 0.03), random.between(0.015, 0.04), random.between(0.01, 0.025)];
    const phase = random.between(0, 6);
    return moved(p, random, (x, y) => [
      x + shift - turn * (y - 0.5) + depth * Math.sin(5 * y + phase),
      y + turn * (x - 0.5) + depth * Math.sin(4 * x + phase),
    ]);
  },
  // something moved: a part of the picture, where it is richest, stands elsewhere
  subject: (p, random) => {
    const [cx, cy] = richest(p, random);
    const [radius, by, turn] = [random.between(0.18, 0.3), random.between(0.04, 0.08), random.between(0, 6.28)];
    return moved(p, random, (x, y) => {
      const inside = Math.max(0, 1 - Math.hypot(x - cx, y - cy) / radius);
      const weight = inside * inside * (3 - 2 * inside);
      return [x + weight * by * Math.cos(turn), y + weight * by * Math.sin(turn)];
    });
  },
};

/**
 * Of some random places the one with the most contrast, in shares of the sides: what moves in a flat one cannot be
 * seen.
 */
function richest({ width, height, data }: Picture, random: Random): [number, number] {
  const places = Array.from({ length: 12 }, (): [number, number] => [
    random.between(0.25, 0.75),
    random.between(0.25, 0.75),
  ]);
  const variance = ([cx, cy]: [number, number]) => {
    let [n, sum, squares] = [0, 0, 0];
    for (let y = Math.floor((cy - 0.1) * height); y < (cy + 0.1) * height; y++)
      for (let x = Math.floor((cx - 0.1) * width); x < (cx + 0.1) * width; x++) {
        const value = data[(y * width + x) * 3 + 1]!;
        n++;
        sum += value;
        squares += value * value;
      }
    return squares / n - (sum / n) ** 2;
  };
  return places.reduce((a, b) => (variance(b) > variance(a) ? b : a));
}

const textures = 20;
const partsOfTexture = 10;

/** A large picture of grain: noise of several widths, in one hue. */
async function texture(random: Random): Promise<Picture> {
  const side = 1600;
  const data = Buffer.alloc(side * side * 3, 0);
  const tint = [random.between(0.5, 1), random.between(0.5, 1), random.between(0.5, 1)];
  const sum = new Float32Array(side * side).fill(128);
  for (const width of [4, 9, 20].map((w) => w * random.between(0.7, 1.4))) {
    const cells = Math.ceil(side / width) + 2;
    const values = Float32Array.from({ length: cells * cells }, () => random.between(-1, 1));
    const strength = random.between(12, 40);
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) {
        const [u, v] = [x / width, y / width];
        const at = Math.floor(v) * cells + Math.floor(u);
        const [a, b] = [u % 1, v % 1];
        const value =
          (1 - b) * ((1 - a) * values[at]! + a * values[at + 1]!) +
          b * ((1 - a) * values[at + cells]! + a * values[at + cells + 1]!);
        sum[y * side + x]! += strength * value;
      }
  }
  sum.forEach((value, at) => {
    for (let c = 0; c < 3; c++) data[3 * at + c] = Math.max(0, Math.min(255, Math.round(value * tint[c]!)));
  });
  return { width: side, height: side, data };
}

/** Writes the set; the folder must be empty. @returns how many files */
export async function makeSet(photos: string, folder: string, count: number): Promise<number> {
  await mkdir(folder, { recursive: true });
  let files = 0;
  const write = async (name: string, bytes: Buffer) => {
    await writeFile(join(folder, `${name}.jpg`), bytes);
    files++;
  };
  const named = (await readdir(photos, { recursive: true })).filter((name) => /\.(jpe?g|png|webp)$/i.test(name)).sort();
  const classes = Object.keys(motifs);
  const sources: [string, () => Promise<Picture>][] = [
    ...named.slice(0, count).map((file, i): [string, () => Promise<Picture>] => [
      `photo${String(i).padStart(3, '0')}`,
      async () => {
        const picture = await load(join(photos, file));
        if (Math.max(picture.width, picture.height) <= 1000) return picture;
        return load(await sharp(picture.data, raw(picture)).resize(1000, 1000, { fit: 'inside' }).png().toBuffer());
      },
    ]),
    ...Array.from({ length: count }, (_, i): [string, () => Promise<Picture>] => [
      `render${String(i).padStart(3, '0')}`,
      () => load(Buffer.from(sampleScene(classes[i % classes.length]!, 1000 + i)), 216),
    ]),
  ];
  for (const [name, make] of sources) {
    const random = randomOf(name);
    const picture = await make();
    await write(name, await sharp(picture.data, raw(picture)).jpeg({ quality: 92 }).toBuffer());
    for (const [how, way] of Object.entries(copies)) await write(`${name}-copy-${how}`, await way(picture, random));
    for (const [how, way] of Object.entries(moments)) await write(`${name}-moment-${how}`, await way(picture, random));
  }
  for (let t = 0; t < textures; t++) {
    const random = randomOf(`texture ${t}`);
    const picture = await texture(random);
    for (let part = 0; part < partsOfTexture; part++)
      await write(
        `texture-${t}-${part}`,
        await sharp(picture.data, raw(picture))
          .extract({ left: 320 * (part % 5), top: 400 * Math.floor(part / 5), width: 320, height: 320 })
          .jpeg({ quality: 90 })
          .toBuffer(),
      );
  }
  return files;
}
