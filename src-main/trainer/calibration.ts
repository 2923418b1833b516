/**
 * How fast this machine trains, remembered from real steps beside the cache, so that the next estimate need not measure.
 * One figure for each device (provider and name), precision, thread count and network, of which the last one counts; a
 * network that was never measured borrows the nearest width of its kind (shared/plan/measuredSpeeds.ts).
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunConfig } from '../../shared/config.ts';
import { trainingFlops } from '../../shared/plan/cost.ts';
import { nearestSpeed, parseSpeeds, speedsFile } from '../../shared/plan/measuredSpeeds.ts';
import type { MeasuredSpeed } from '../../shared/plan/measuredSpeeds.ts';
import { writeFileAtomic } from '../files/index.ts';

const path = (cacheDirectory: string): string => join(cacheDirectory, speedsFile);

const read = async (cacheDirectory: string): Promise<MeasuredSpeed[]> =>
  parseSpeeds(await readFile(path(cacheDirectory), 'utf8').catch(() => '[]'));

/** Operations a second for this configuration's kind of network, or null where nothing like it was measured. */
export async function measuredFlops(
  cacheDirectory: string,
  config: RunConfig,
  card: string,
  threads: number,
): Promise<number | null> {
  return nearestSpeed(await read(cacheDirectory), config, { device: config.device, card, threads });
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
  const all: MeasuredSpeed[] = [...others, { device, card, precision, threads, backbone, width, flopsPerSecond }];
  await writeFileAtomic(path(cacheDirectory), JSON.stringify(all.slice(-50), null, 1)).catch(() => {});
}
