/**
 * Whether given weights fit a network, from the names and shapes in their file alone: a run that would end a minute
 * after its start, when the trainer reads them, is refused before by the same rule.
 */
import { basename } from 'node:path';
import { backboneShapes } from '../../../shared/backbone.ts';
import type { RunConfig } from '../../../shared/config.ts';
import { reasonOf } from '../../../shared/errors.ts';
import { fitWeights } from '../../../shared/givenWeights.ts';
import type { Shapes } from '../../../shared/givenWeights.ts';
import { reason } from '../../../shared/reason.ts';
import type { RefusalReason } from '../../../shared/refusal.ts';
import { FileError } from '../../files/index.ts';
import { readShapes, WeightsFileError } from '../../weights/index.ts';

/** Why a file of weights cannot be read, with the remedy. */
function unreadable(path: string, error: unknown): RefusalReason {
  if (error instanceof FileError) return reason('cannot-start.weights', { reason: reasonOf(error) });
  const { code, message } = error as NodeJS.ErrnoException;
  const detail = error instanceof WeightsFileError ? error.reason : (code ?? message);
  return reason('cannot-start.not-weights', { file: basename(path), detail });
}

/** Why a run cannot start from these weights, with the remedy; null where it can. */
export async function misfit(path: string, backbone: RunConfig['backbone']): Promise<RefusalReason | null> {
  let given: Shapes;
  try {
    given = await readShapes(path);
  } catch (error) {
    return unreadable(path, error);
  }
  try {
    fitWeights(given, backboneShapes(backbone));
    return null;
  } catch (error) {
    return reason('cannot-start.weights', { reason: reasonOf(error) });
  }
}
