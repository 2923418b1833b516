/**
 * A teacher's file as something that embeds photos: an ONNX file with the form that is read from it, weights
 * of a ResNet, or a checkpoint of a run here, a frozen encoder's too. Where it knows whose it is, it says so.
 */
import { basename } from 'node:path';
import type { RunConfig } from '../../../shared/config.ts';
import type { TeacherFile } from '../../../shared/contract/job.ts';
import { isEncoderFile } from '../../../shared/frozen.ts';
import { encoderIn, networkOf, settingsOf } from '../../../shared/givenWeights.ts';
import { featureDim } from '../../engine/index.ts';
import { FileError } from '../../files/index.ts';
import { readShapes, WeightsFileError } from '../../weights/index.ts';
import type { JobContext } from '../control.ts';
import { TrainerError } from '../errors.ts';
import { isFrozen, readFrozen } from '../frozen/file.ts';
import { examined } from '../frozen/look.ts';
import { frozenSource, openSource } from '../source.ts';
import type { Source } from '../source.ts';
import { freshState } from '../start.ts';

/** Side of the pictures that ResNets of the usual stem are made for; the others see what the run sees. */
const USUAL_SIDE = 224;

/** What reading a teacher asks of its surroundings. */
type TeacherContext = Pick<JobContext, 'control' | 'report' | 'later'>;

/**
 * @param config the run's: how photos are read, the device, and the size of pictures where the file says none
 * @throws TrainerError bad-encoder, bad-checkpoint; WeightsError, FileError
 */
export async function teacherSource(
  { file, ofRun }: TeacherFile,
  config: RunConfig,
  context: TeacherContext,
): Promise<Source> {
  const own = plain(config);
  if (await isFrozen(file)) return frozenSource(own, await readFrozen(file));
  if (ofRun) return openSource({ checkpoint: file, config: own });
  if (isEncoderFile(file)) {
    const { encoder, model } = await examined({ source: file, form: {}, licence: '', origin: '' }, context);
    return frozenSource(own, { config: own, encoder, model });
  }
  const network = networkOf(encoderIn(await shapesOf(file)).shapes);
  if (!network) throw new TrainerError('bad-encoder.no-network', { file: basename(file) });
  const backbone = { ...own.backbone, ...settingsOf(network, own.backbone.stem) };
  const imageSize = backbone.stem === 'imagenet' ? USUAL_SIDE : own.imageSize;
  const settings: RunConfig = { ...own, backbone, imageSize };
  const { state } = await freshState(settings, file, 1);
  const { input } = settings;
  return { kind: 'trained', config: settings, state, dimensions: featureDim(settings), pixels: { imageSize, input } };
}

async function shapesOf(file: string): Promise<Awaited<ReturnType<typeof readShapes>>> {
  try {
    return await readShapes(file);
  } catch (error) {
    if (error instanceof FileError) throw error; // it names the file
    const { code, message } = error as NodeJS.ErrnoException;
    const detail = error instanceof WeightsFileError ? error.reason : (code ?? message);
    throw new TrainerError('bad-encoder.not-weights', { file: basename(file), detail }, undefined, { cause: error });
  }
}

/** The run's settings without what makes it a run: pictures of three colours, the smallest heads, no teacher. */
function plain(config: RunConfig): RunConfig {
  const { input, head, predictor, teacher } = config;
  return {
    ...config,
    method: 'simclr',
    teacher: { ...teacher, from: '' },
    head: { ...head, layers: 1, hiddenDim: 8, outputDim: 8 },
    predictor: { ...predictor, kind: 'identity' },
    input: { ...input, channels: 'colour', depth: 8, bands: typeof input.channels === 'number' ? '' : input.bands },
  };
}
