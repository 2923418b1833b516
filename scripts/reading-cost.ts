/**
 * What reading a photo costs a library (size, hash of the file, perceptual hash, thumbnail) beside sharp alone making the same
 * thumbnail, in turns, in processor milliseconds of a photo (user and system, libvips included).
 *
 *   node scripts/reading-cost.ts [FOLDER] [--count 150] [--rounds 5]
 *
 * Without a folder: sample photos of 160 px, and enlarged to 1,600 and 4,000.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { motifs } from '../src-main/app/sample/motifs.ts';
import { sampleScene } from '../src-main/app/sample/scene.ts';
import { DEFAULT_LIMITS } from '../src-main/images/decode/types.ts';
import { runJob } from '../src-main/images/pool/jobs.ts';
import { median } from '../shared/numbers.ts';

const { values, positionals } = parseArgs({
  options: { count: { type: 'string', default: '150' }, rounds: { type: 'string', default: '5' } },
  allowPositionals: true,
});
const [count, rounds] = [Number(values.count), Number(values.rounds)];
const SIDE = 256;

const ours = (path: string) => runJob({ kind: 'probe', source: path, thumbnailSize: SIDE }, DEFAULT_LIMITS);
const alone = (path: string) =>
  sharp(readFileSync(path), { autoOrient: true })
    .resize(SIDE, SIDE, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 80, effort: 2 })
    .toBuffer();

async function milliseconds(paths: readonly string[], work: (path: string) => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  for (const path of paths) await work(path);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / paths.length;
}

async function compare(name: string, paths: readonly string[]): Promise<void> {
  for (const work of [ours, alone]) await milliseconds(paths, work); // what follows is compiled by then
  const [mine, theirs]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    // each goes first in turn: what a file system or a processor keeps serves both
    const first = round % 2 === 0;
    if (first) mine.push(await milliseconds(paths, ours));
    theirs.push(await milliseconds(paths, alone));
    if (!first) mine.push(await milliseconds(paths, ours));
  }
  const ratios = mine.map((value, i) => value / theirs[i]!);
  const [a, b] = [median(mine), median(theirs)];
  console.log(
    `${name.padEnd(24)} ours ${a.toFixed(2)} ms, sharp alone ${b.toFixed(2)} ms, ratio ${median(ratios).toFixed(2)}`,
  );
}

if (positionals[0] !== undefined) {
  const folder = positionals[0];
  const names = readdirSync(folder, { recursive: true }).map(String).sort();
  const photos = names.filter((name) => /\.jpe?g$/i.test(name)).slice(0, count);
  await compare(
    `${photos.length} of ${folder}`,
    photos.map((name) => join(folder, name)),
  );
} else {
  const folder = mkdtempSync(join(tmpdir(), 'lookalike-reading-'));
  for (const side of [160, 1600, 4000]) {
    const photos = Object.keys(motifs).slice(0, side > 160 ? 4 : 8);
    const paths = await Promise.all(
      Array.from({ length: Math.max(4, Math.min(count, Math.round((count * 160) / side))) }, async (_, i) => {
        const path = join(folder, `${side}-${i}.jpg`);
        const scene = sharp(Buffer.from(sampleScene(photos[i % photos.length]!, i)));
        const shown = side === 160 ? scene : scene.resize(side, Math.round(0.75 * side), { fit: 'cover' });
        writeFileSync(path, await shown.jpeg({ quality: 90 }).toBuffer());
        return path;
      }),
    );
    await compare(`${paths.length} of ${side} px`, paths);
  }
  rmSync(folder, { recursive: true });
}
