/**
 * The committed situations in which ways to begin are compared (trial.ts, quality.ts): small labelled folders of unlike
 * photos, each with `train/<class>` to learn from and `test/<class>` that no training sees.
 *
 *   node scripts/situations.ts OUT --cifar CIFAR10 --fashion IDX --photos PHOTOS --sample SAMPLE --dim DIM [--only NAME]
 *
 * CIFAR10 has `train/<class>` and `test/<class>`, IDX the four files of Debian's dataset-fashion-mnist, PHOTOS any
 * photographs, SAMPLE is what `lookalike sample` writes and DIM what dim-photos.ts does. A situation whose source is not
 * given is left out. What is there is not written again.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import sharp from 'sharp';
import { philox } from '../shared/philox.ts';

type Source = 'cifar' | 'fashion' | 'photos' | 'sample' | 'dim';

/** A picture to be written: copied where `file` is one already. */
interface Picture {
  label: string;
  test: boolean;
  write(path: string): Promise<unknown>;
  extension: string;
}

interface Situation {
  source: Source | null;
  about: string;
  pictures(place: string): Picture[];
}

const copied = (from: string, label: string, test: boolean, grey = false): Picture => ({
  label,
  test,
  extension: grey ? '.png' : from.slice(from.lastIndexOf('.')),
  write: async (path) => (grey ? sharp(from).greyscale().png().toFile(path) : copyFileSync(from, path)),
});

const filesOf = (folder: string): string[] =>
  readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));

/** `train/` and `test/` of a folder, the first of each class. */
function parted(place: string, train: number, test: number, grey = false): Picture[] {
  return (['train', 'test'] as const).flatMap((part) =>
    readdirSync(join(place, part))
      .sort()
      .flatMap((label) =>
        filesOf(join(place, part, label))
          .slice(0, part === 'train' ? train : test)
          .map((file) => copied(file, label, part === 'test', grey)),
      ),
  );
}

/** A folder of class folders: the first of each class to learn from, those that follow to test. */
function whole(place: string, train: number, test: number): Picture[] {
  return readdirSync(place)
    .sort()
    .flatMap((label) => {
      const files = filesOf(join(place, label));
      return [
        ...files.slice(0, train).map((file) => copied(file, label, false)),
        ...files.slice(-test).map((file) => copied(file, label, true)),
      ];
    });
}

/** Debian's files of Fashion-MNIST: 28 x 28 bytes behind a head of 16, labels behind one of 8. */
function fashion(place: string, train: number, test: number): Picture[] {
  const read = (name: string) => gunzipSync(readFileSync(join(place, `${name}-ubyte.gz`)));
  return (
    [
      ['train', train],
      ['t10k', test],
    ] as const
  ).flatMap(([part, perClass]) => {
    const [images, labels] = [read(`${part}-images-idx3`).subarray(16), read(`${part}-labels-idx1`).subarray(8)];
    const taken = new Array<number>(10).fill(0);
    return [...labels].flatMap((label, i): Picture[] => {
      if (taken[label]! >= perClass) return [];
      taken[label]!++;
      const pixels = images.subarray(784 * i, 784 * (i + 1));
      return [
        {
          label: String(label),
          test: part === 't10k',
          extension: '.png',
          write: (path) =>
            sharp(pixels, { raw: { width: 28, height: 28, channels: 1 } })
              .png()
              .toFile(path),
        },
      ];
    });
  });
}

/** Crops of photographs, each photograph a class: many classes of few photos. */
function crops(place: string, photographs: number, train: number, test: number): Picture[] {
  return filesOf(place)
    .slice(0, photographs)
    .flatMap((file, number) =>
      Array.from({ length: train + test }, (_, i): Picture => ({
        label: String(number).padStart(3, '0'),
        test: i >= train,
        extension: '.png',
        write: async (path) => {
          const { width, height } = await sharp(file).metadata();
          const side = Math.max(16, Math.floor(Math.min(width, height) * 0.4));
          const at = (most: number, what: number) => Math.floor(unit(number, i, what) * Math.max(0, most - side));
          const [left, top] = [at(width, 0), at(height, 1)];
          const region = { left, top, width: Math.min(side, width), height: Math.min(side, height) };
          await sharp(file).extract(region).resize(64, 64, { fit: 'fill' }).toColourspace('srgb').png().toFile(path);
        },
      })),
    );
}

/** Noise of eight kinds of grain, by its direction and how long it is drawn out, as materials under a microscope. */
function grain(train: number, test: number): Picture[] {
  const SIDE = 64;
  return Array.from({ length: 8 }, (_, kind) =>
    Array.from({ length: train + test }, (_, i): Picture => ({
      label: `grain-${kind}`,
      test: i >= train,
      extension: '.png',
      write: (path) => {
        const angle = ((kind % 4) * Math.PI) / 4 + 0.3 * (unit(kind, i, 0) - 0.5);
        const long = kind < 4 ? 0.12 : 0.35;
        const waves = Array.from({ length: 40 }, (_, w) => {
          const turn = angle + 0.5 * (unit(kind, i, 3 * w + 1) - 0.5);
          const pace = long * (0.5 + unit(kind, i, 3 * w + 2));
          return [pace * Math.cos(turn), pace * Math.sin(turn), 2 * Math.PI * unit(kind, i, 3 * w + 3)] as const;
        });
        const [light, contrast] = [90 + 80 * unit(kind, i, 200), 4 + 8 * unit(kind, i, 201)];
        const pixels = Uint8Array.from({ length: SIDE * SIDE }, (_, p) => {
          const [x, y] = [p % SIDE, Math.floor(p / SIDE)];
          const sum = waves.reduce((all, [u, v, phase]) => all + Math.cos(u * x + v * y + phase), 0);
          return Math.max(0, Math.min(255, Math.round(light + contrast * sum)));
        });
        return sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 1 } })
          .png()
          .toFile(path);
      },
    })),
  ).flat();
}

/** In [0, 1), a function of its arguments. */
function unit(a: number, b: number, c: number): number {
  const words = [0, 0, 0, 0];
  philox([a, b, c, 0], 0, 0, words);
  return words[0]! / 2 ** 32;
}

export const situations: Record<string, Situation> = {
  cifar: { source: 'cifar', about: 'CIFAR-10, 200 a class', pictures: (p) => parted(p, 200, 100) },
  'cifar-few': { source: 'cifar', about: 'CIFAR-10, 25 a class', pictures: (p) => parted(p, 25, 100) },
  'cifar-grey': { source: 'cifar', about: 'CIFAR-10 in grey, 200 a class', pictures: (p) => parted(p, 200, 100, true) },
  fashion: { source: 'fashion', about: 'Fashion-MNIST, 200 a class', pictures: (p) => fashion(p, 200, 100) },
  'fashion-few': { source: 'fashion', about: 'Fashion-MNIST, 25 a class', pictures: (p) => fashion(p, 25, 100) },
  sample: { source: 'sample', about: 'the sample set', pictures: (p) => whole(p, 100, 50) },
  'sample-few': { source: 'sample', about: 'the sample set, 15 a class', pictures: (p) => whole(p, 15, 50) },
  dim: { source: 'dim', about: 'photos of seven levels of brightness', pictures: (p) => whole(p, 100, 50) },
  grain: { source: null, about: 'eight kinds of grain, grey', pictures: () => grain(100, 40) },
  crops: { source: 'photos', about: 'crops of 80 photographs, each a class', pictures: (p) => crops(p, 80, 16, 8) },
};

/** Writes the pictures of a situation below `folder`, unless they are there. */
async function written(folder: string, pictures: readonly Picture[]): Promise<void> {
  if (existsSync(folder)) return;
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  for (const [i, { label, test, extension, write }] of pictures.entries()) {
    const place = join(partial, test ? 'test' : 'train', label);
    mkdirSync(place, { recursive: true });
    await write(join(place, `${String(i).padStart(5, '0')}${extension}`));
  }
  renameSync(partial, folder);
}

if (import.meta.main) {
  const source = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      cifar: source,
      fashion: source,
      photos: source,
      sample: source,
      dim: source,
      only: { type: 'string', multiple: true, default: [] },
    },
  });
  const [out] = positionals;
  if (!out) {
    process.stderr.write(
      'usage: node scripts/situations.ts OUT --cifar CIFAR10 --fashion IDX --photos PHOTOS --sample SAMPLE --dim DIM\n',
    );
    process.exit(2);
  }
  for (const [name, { source, pictures }] of Object.entries(situations)) {
    if (values.only.length > 0 && !values.only.includes(name)) continue;
    const place = source === null ? '' : values[source];
    if (place === undefined) continue;
    await written(join(out, name), pictures(place));
    console.log(name);
  }
}
