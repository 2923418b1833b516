/**
 * Whether given weights fit a network, from the names and shapes in their file alone: a run that would end a minute
 * after its start, when the trainer reads them, is refused before by the same rule.
 */
import { basename } from 'node:path';
import { backboneShapes } from '../../../shared/backbone.ts';
import type { ConfigPatch, RunConfig } from '../../../shared/config.ts';
import type { PlanNote, Refusal } from '../../../shared/contract.ts';
import { reasonOf } from '../../../shared/errors.ts';
import { encoderIn, fitWeights, networkOf, settingsOf } from '../../../shared/givenWeights.ts';
import type { KnownNetwork, Shapes } from '../../../shared/givenWeights.ts';
import { reason } from '../../../shared/reason.ts';
import { refusal } from '../../../shared/refusal.ts';
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

/** The stem of published weights leaves nothing of smaller photos. */
const LEAST_SIDE = 64;

const isChosen = (patch: ConfigPatch): boolean =>
  [patch.backbone?.name, patch.backbone?.width, patch.backbone?.stem].some((value) => value !== undefined);

/** The settings with the network that given weights are of, where nobody chose another; and what to say of it. */
export async function withNetworkOf(
  path: string,
  config: RunConfig,
  patch: ConfigPatch,
): Promise<{ config: RunConfig; note: PlanNote | null }> {
  const same = { config, note: null };
  if (isChosen(patch)) return same;
  const network = await networkAt(path);
  if (!network) return same;
  const settings = settingsOf(network, config.backbone.stem);
  const { name, width, stem } = config.backbone;
  if (settings.name === name && settings.width === width && settings.stem === stem) return same;
  const larger = settings.stem === 'imagenet' && patch.imageSize === undefined && config.imageSize < LEAST_SIDE;
  return {
    config: { ...config, ...(larger && { imageSize: LEAST_SIDE }), backbone: { ...config.backbone, ...settings } },
    note: {
      key: 'givenNetwork',
      message: `the network is that of the given weights: ${settings.name} at width ${settings.width} with the ${settings.stem} stem`,
      values: { network: settings.name, width: settings.width, stem: settings.stem },
    },
  };
}

/** Refusals that set the network of given weights when they are accepted; none where it is the chosen one, or unknown. */
export async function otherNetwork(path: string, backbone: RunConfig['backbone']): Promise<Refusal[]> {
  const network = await networkAt(path);
  if (!network) return [];
  const settings = settingsOf(network, backbone.stem);
  const { name, width, stems } = network;
  const why = reason('cannot-start.weights', {
    reason: reason('bad-weights.network', { name, width, stem: stems.join(' / ') }),
  });
  return (['name', 'width', 'stem'] as const)
    .filter((field) => settings[field] !== backbone[field])
    .map((field) => refusal(`backbone.${field}`, settings[field], why));
}

async function networkAt(path: string): Promise<KnownNetwork | null> {
  try {
    return networkOf(encoderIn(await readShapes(path)).shapes);
  } catch {
    return null; // misfit says why
  }
}
