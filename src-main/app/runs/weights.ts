/**
 * Whether given weights fit a network, from the head of their file alone: a run that would end a minute after its
 * start, when the trainer reads them, is refused before by the same rule.
 */
import { basename } from 'node:path';
import { backboneShapes, fitWeights } from '../../../shared/backbone.ts';
import type { RunConfig } from '../../../shared/config.ts';
import { reasonOf } from '../../../shared/errors.ts';
import { reason } from '../../../shared/reason.ts';
import type { RefusalReason } from '../../../shared/refusal.ts';
import { readHead, SafetensorsError } from '../../../shared/safetensors.ts';
import { FileError, openGiven } from '../../files/index.ts';

type Shape = readonly number[];

/** Names and shapes in a safetensors file. @throws SafetensorsError, or as it could not be opened */
async function readShapes(path: string): Promise<Map<string, Shape>> {
  const file = await openGiven(path);
  try {
    const { entries } = await readHead(file);
    return new Map(entries.map(({ name, shape }) => [name, shape]));
  } finally {
    await file.close();
  }
}

/** Why a run cannot start from these weights, with the remedy; null where it can. */
export async function misfit(path: string, backbone: RunConfig['backbone']): Promise<RefusalReason | null> {
  let given: Map<string, Shape>;
  try {
    given = await readShapes(path);
  } catch (error) {
    if (error instanceof FileError) return reason('cannot-start.weights', { reason: reasonOf(error) });
    const { code, message } = error as NodeJS.ErrnoException;
    const detail = error instanceof SafetensorsError ? error.reason : (code ?? message);
    return reason('cannot-start.not-safetensors', { file: basename(path), detail });
  }
  try {
    fitWeights(given, backboneShapes(backbone));
    return null;
  } catch (error) {
    return reason('cannot-start.weights', { reason: reasonOf(error) });
  }
}
