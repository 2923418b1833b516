/** Too few photos to train on, told with what became of the other files: a folder of photos has become none. */
import type { Skipped } from '../contract/dataset.ts';
import type { Refusal } from '../contract/runs.ts';
import { countedReasons } from '../countedReasons.ts';
import { shownName } from '../fileNames.ts';
import type { Plan } from '../plan.ts';
import { reason } from '../reason.ts';
import { refusal } from '../refusal.ts';

/**
 * The refusals with the reasons of skipped files, or else the folder, in that of too few photos.
 * @param folder null where it is not known
 * @param total of the files skipped, of which some are given
 */
export function withReasons(
  { refusals }: Pick<Plan, 'refusals'>,
  images: number,
  { folder, files, total = files.length }: { folder: string | null; files: readonly Skipped[]; total?: number },
): Refusal[] {
  const reasons = countedReasons(files);
  const why =
    reasons && files[0]
      ? reason('no-images.few-skipped', { images, skipped: total, reasons, file: shownName(files[0].file) })
      : folder !== null && reason('no-images.few-in', { images, folder: shownName(folder) });
  if (!why) return refusals;
  return refusals.map((of) => (of.key === 'no-images.few' ? refusal('images', undefined, why) : of));
}
