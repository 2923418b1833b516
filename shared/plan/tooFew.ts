/** Too few photos to train on, told with what became of the other files: a folder of photos has become none. */
import type { Skipped } from '../contract/dataset.ts';
import type { Refusal } from '../contract/runs.ts';
import { countedReasons } from '../countedReasons.ts';
import type { Plan } from '../plan.ts';
import { reason } from '../reason.ts';
import { refusal } from '../refusal.ts';

/** The refusals with the reasons of skipped files in that of too few photos. @param total of the files skipped, of which some are given */
export function withReasons(
  { refusals }: Pick<Plan, 'refusals'>,
  images: number,
  files: readonly Skipped[],
  total: number = files.length,
): Refusal[] {
  const reasons = countedReasons(files);
  if (!reasons) return refusals;
  return refusals.map((of) =>
    of.key === 'no-images.few'
      ? refusal('images', undefined, reason('no-images.few-skipped', { images, skipped: total, reasons }))
      : of,
  );
}
