/**
 * Speeds that trainings were measured at on this machine: the file that the trainer keeps beside its cache of photos, and
 * which of them a plan goes by.
 */
import { z } from 'zod';
import type { RunConfig } from '../config.ts';

/** The file's name, in the folder of the cache. */
export const speedsFile = 'speed.json';

const MeasuredSpeed = z.object({
  device: z.string(),
  card: z.string(),
  precision: z.string(),
  threads: z.int(),
  backbone: z.string(),
  width: z.number(),
  flopsPerSecond: z.number().positive(),
});
export type MeasuredSpeed = z.infer<typeof MeasuredSpeed>;
const Speeds = z.array(MeasuredSpeed);

/** What the file says; nothing where it is none or of another version: speeds are measured again. */
export function parseSpeeds(text: string): MeasuredSpeed[] {
  try {
    return Speeds.parse(JSON.parse(text));
  } catch {
    return [];
  }
}

/**
 * Floating-point operations a second of the network most like `config`'s that was trained with its precision on this
 * device, maker's name and number of threads; null where none of up to twice or half its width was.
 */
export function nearestSpeed(
  speeds: readonly MeasuredSpeed[],
  { backbone, precision }: Pick<RunConfig, 'backbone' | 'precision'>,
  on: Pick<MeasuredSpeed, 'device' | 'card' | 'threads'>,
): number | null {
  const distance = (row: MeasuredSpeed): number =>
    Math.abs(Math.log2(row.width / backbone.width)) + (row.backbone === backbone.name ? 0 : 0.5);
  const [nearest] = speeds
    .filter(
      (row) =>
        row.device === on.device &&
        row.card === on.card &&
        row.precision === precision &&
        row.threads === on.threads &&
        distance(row) <= 1,
    )
    .sort((a, b) => distance(a) - distance(b));
  return nearest?.flopsPerSecond ?? null;
}
