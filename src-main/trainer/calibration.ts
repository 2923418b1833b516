/**
 * How fast this machine trains, remembered from real steps beside the cache, so that the next estimate need not
 * measure. One figure for each device (provider and name), precision, thread count and network, the last one counts; a network that was never
 * measured borrows the nearest width of its kind.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { RunConfig } from '../../shared/config.ts';
import { trainingFlops } from '../../shared/plan/cost.ts';
import { writeFileAtomic } from '../files/index.ts';

const Measured = z.object({
  device: z.string(),
  card: z.string(),
  precision: z.string(),
  threads: z.int(),
  backbone: z.string(),
  width: z.number(),
  flopsPerSecond: z.number().positive(),
});
type Measured = z.infer<typeof Measured>;
const File = z.array(Measured);

const path = (cacheDirectory: string): string => join(cacheDirectory, 'speed.json');

async function read(cacheDirectory: string): Promise<Measured[]> {
  try {
    return File.parse(JSON.parse(await readFile(path(cacheDirectory), 'utf8')));
  } catch {
    return []; // none yet, or of another version: it is measured again
  }
}

/** Operations a second for this configuration's kind of network, or null where nothing like it was measured. */
export async function measuredFlops(
  cacheDirectory: string,
  config: RunConfig,
  card: string,
  threads: number,
): Promise<number | null> {
  const { device, precision } = config;
  const all = (await read(cacheDirectory)).filter(
    (m) => m.device === device && m.card === card && m.precision === precision && m.threads === threads,
  );
  const distance = (m: Measured) =>
    Math.abs(Math.log2(m.width / config.backbone.width)) + (m.backbone === config.backbone.name ? 0 : 0.5);
  const [nearest] = all.sort((a, b) => distance(a) - distance(b));
  return nearest && distance(nearest) <= 1 ? nearest.flopsPerSecond : null;
}

/** Remembers a measured speed. Its loss costs a worse estimate, so a disk that refuses is no reason to fail. */
export async function rememberSpeed(
  cacheDirectory: string,
  config: RunConfig,
  card: string,
  threads: number,
  secondsPerStep: number,
): Promise<void> {
  const { device, precision } = config;
  const { name: backbone, width } = config.backbone;
  const flopsPerSecond = (config.batchSize * trainingFlops(config)) / secondsPerStep;
  const others = (await read(cacheDirectory)).filter(
    (m) =>
      m.device !== device ||
      m.card !== card ||
      m.precision !== precision ||
      m.threads !== threads ||
      m.backbone !== backbone ||
      m.width !== width,
  );
  const all: Measured[] = [...others, { device, card, precision, threads, backbone, width, flopsPerSecond }];
  await writeFileAtomic(path(cacheDirectory), JSON.stringify(all.slice(-50), null, 1)).catch(() => {});
}
