/**
 * What a checkpoint turns photos into vectors with: a network that was trained here, or a frozen one from elsewhere. Whoever
 * embeds, answers or exports asks it for the size of pictures and of vectors, and for an encoder.
 */
import type { RunConfig } from '../../shared/config.ts';
import type { EmbedJob } from '../../shared/contract/job.ts';
import type { FrozenForm } from '../../shared/frozen.ts';
import { Encoder, featureDim, FrozenNetwork } from '../engine/index.ts';
import type { State } from '../engine/index.ts';
import { cropFraction, normalisationOf } from '../images/index.ts';
import type { Framing } from '../images/index.ts';
import { Guard, openEncoder } from './backend.ts';
import type { Embedder } from './backend.ts';
import { readCheckpoint } from './checkpoint.ts';
import type { JobContext } from './control.ts';
import { checkParameters, finiteOnly } from './finite.ts';
import { isFrozen, readFrozen } from './frozen/file.ts';
import type { Frozen } from './frozen/file.ts';
import { deviceOf, threadsOf } from './machine.ts';
import type { Shown } from './photos.ts';
import { checkBackbone } from './sound.ts';

interface Shared {
  config: RunConfig;
  pixels: Shown;
  /** Numbers D of a vector. */
  dimensions: number;
}
export type Source = (Shared & { kind: 'trained'; state: State }) | (Shared & { kind: 'frozen'; frozen: Frozen });

/**
 * A checkpoint under the configuration it was made with, on the device that is asked for now.
 * @throws TrainerError bad-checkpoint, NotFiniteError
 */
export async function openSource({ checkpoint, config }: Pick<EmbedJob, 'checkpoint' | 'config'>): Promise<Source> {
  const now = { device: config.device, threads: config.threads };
  if (await isFrozen(checkpoint)) {
    const frozen = await readFrozen(checkpoint);
    return frozenSource({ ...frozen.config, ...now }, frozen);
  }
  const { state, facts } = await readCheckpoint(checkpoint);
  checkBackbone(checkpoint, state, facts.config);
  checkParameters(state, facts.epoch);
  const own = { ...facts.config, ...now };
  const { imageSize, input } = own;
  return { kind: 'trained', config: own, state, dimensions: featureDim(own), pixels: { imageSize, input } };
}

/** A frozen encoder under a configuration that says how photos are read and where it is computed. */
export function frozenSource(config: RunConfig, frozen: Frozen): Source {
  const { form, dimensions } = frozen.encoder;
  const pixels = { imageSize: form.imageSize, input: { ...config.input, ...framingOf(form) } };
  return { kind: 'frozen', config, frozen, dimensions, pixels };
}

/** Left out where it is ours, so that photos which are in the cache are found there. */
function framingOf({ imageSize, fit, shortSide, interpolation }: FrozenForm): { framing?: Framing } {
  if (fit === 'squash') return { framing: { shortSide: null, interpolation } };
  const isOurs = shortSide === Math.round(imageSize / cropFraction(imageSize)) && interpolation === 'bilinear';
  return isOurs ? {} : { framing: { shortSide, interpolation } };
}

/** The encoder on the device of the job, every call watched; let go of when the job's end has been told. */
export async function encoderOnDevice(source: Source, { backend, watch, later }: JobContext): Promise<Embedder> {
  const { config } = source;
  const settings = { device: deviceOf(config), threads: threadsOf(config) };
  const guard = new Guard(config, settings.device, backend, watch);
  const open =
    source.kind === 'frozen' ? { ...backend, encoder: () => frozenNetwork(source.frozen, settings) } : backend;
  const state: State = source.kind === 'frozen' ? new Map() : source.state;
  const encoder = await openEncoder(guard, open, config, state, settings);
  later(() => encoder.close());
  return finiteOnly(encoder);
}

/** The encoder on the processor. @param batch images computed at a time, of a network of ours */
export async function encoderOnProcessor(source: Source, batch?: number): Promise<Embedder> {
  const settings = { device: 'cpu' as const, threads: threadsOf(source.config) };
  const encoder =
    source.kind === 'frozen'
      ? await frozenNetwork(source.frozen, settings)
      : await Encoder.create(source.config, source.state, { ...settings, ...(batch !== undefined && { batch }) });
  return finiteOnly(encoder);
}

const frozenNetwork = (
  { encoder, model }: Frozen,
  settings: NonNullable<Parameters<typeof FrozenNetwork.open>[3]>,
): Promise<FrozenNetwork> => FrozenNetwork.open(model, encoder, normalisationOf(), settings);
