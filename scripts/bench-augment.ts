/**
 * Views per second on one thread, beside torchvision's PIL pipeline (bench-augment.py), interleaved in one run.
 *   node scripts/bench-augment.ts FOLDER [--size 128] [--views 400] [--rounds 7] [--python python3]
 * The photos are first reduced to the size at which the cache holds them: both start from pixels in memory.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { RunConfig } from '../shared/config.ts';
import { augmentView, drawParameters } from '../src-main/images/augment/index.ts';
import type { RgbImage } from '../src-main/images/resize.ts';
import { median } from '../shared/numbers.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string', default: '128' },
    views: { type: 'string', default: '400' },
    rounds: { type: 'string', default: '7' },
    python: { type: 'string', default: 'python3' },
  },
});
const [folder] = positionals;
if (!folder) throw new Error('name a folder of photos: node scripts/bench-augment.ts FOLDER');
const [size, views, rounds] = [values.size, values.views, values.rounds].map(Number) as [number, number, number];

const { augment } = RunConfig.parse({});
const settings = { blur: augment, plain: { ...augment, blur: 0 } };
type Kind = keyof typeof settings;

async function photos(): Promise<RgbImage[]> {
  const side = Math.ceil(1.6 * size);
  const images: RgbImage[] = [];
  for (const name of (await readdir(folder!)).filter((n) => /\.(jpe?g|png|webp)$/i.test(n)).slice(0, 100)) {
    const image = sharp(join(folder!, name))
      .rotate()
      .resize(side, side, { fit: 'outside' })
      .flatten()
      .toColourspace('srgb');
    const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
    if (info.channels === 3) images.push({ data: new Uint8Array(data), width: info.width, height: info.height });
  }
  return images;
}

const images = await photos();
const out = new Float32Array(3 * size * size);
let epoch = 0;
function ours(kind: Kind): number {
  epoch++;
  const began = performance.now();
  for (let i = 0; i < views; i++) {
    const image = images[i % images.length]!;
    augmentView(image, drawParameters(settings[kind], 0, epoch, `photo ${i}`, 0, image.width, image.height), size, out);
  }
  return (performance.now() - began) / 1000;
}

const directory = await mkdtemp(join(tmpdir(), 'bench-augment-'));
try {
  const file = join(directory, 'photos.bin');
  await writeFile(
    file,
    images.flatMap(({ data, width, height }) => [new Uint8Array(Int32Array.of(width, height).buffer), data]),
  );
  const script = fileURLToPath(new URL('bench-augment.py', import.meta.url));
  const peer = spawn(values.python, [script, file, String(size)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${values.python} ended: it needs torch, torchvision and PIL`);
    return value;
  };
  await answer();
  const theirs = async (kind: Kind): Promise<number> => {
    peer.stdin.write(`${kind} ${views}\n`);
    return Number(await answer());
  };

  console.log(
    `${cpus()[0]!.model}, one thread, ${images.length} photos, views of ${size} px, median of ${rounds} rounds of ${views}`,
  );
  for (const kind of ['blur', 'plain'] as const) {
    const seconds: { ours: number[]; theirs: number[] } = { ours: [], theirs: [] };
    ours(kind); // compiled and warm
    for (let round = 0; round < rounds; round++) {
      seconds.ours.push(ours(kind));
      seconds.theirs.push(await theirs(kind));
    }
    const [mine, peers] = [views / median(seconds.ours), views / median(seconds.theirs)];
    console.log(
      `${kind === 'blur' ? 'with blur   ' : 'without blur'}  ${mine.toFixed(0)} views/s, torchvision with PIL ${peers.toFixed(0)}, ratio ${(mine / peers).toFixed(1)}`,
    );
  }
  peer.stdin.end();
} finally {
  await rm(directory, { recursive: true });
}
