/**
 * The trained network in evaluation mode (running statistics): Encoder computes features, projections and
 * predictions of prepared images; encoderModel writes the backbone as an ONNX file of standard operators. Weights are
 * constants of both models, so that the runtime folds batch normalisation into the convolutions and blocks them.
 */
import { Tensor as OrtTensor } from 'onnxruntime-node';
import type { InferenceSession } from 'onnxruntime-node';
import { backboneDim, lateStagesDim } from '../../shared/backbone.ts';
import type { RunConfig } from '../../shared/config.ts';
import { channelsOf } from '../../shared/input.ts';
import { READOUT } from '../../shared/stateNames.ts';
import { ShapeError } from './errors.ts';
import { Graph } from './graph.ts';
import type { Tensor } from './graph.ts';
import { predictor, projector } from './nn/heads.ts';
import { Network } from './nn/network.ts';
import { lateStages } from './nn/backbone.ts';
import { linear } from './nn/layers.ts';
import { backendOf } from './backends.ts';
import { OnnxLowering } from './onnx/lowering.ts';
import { openSession } from './session.ts';
import type { SessionSettings } from './session.ts';
import { tensorOf } from './state.ts';
import type { State } from './state.ts';

const INPUT = 'pixel_values';

/** Size D of the backbone's pooled features, and of the embedding. */
export const featureDim = (config: RunConfig): number => backboneDim(config.backbone);

function lower(
  config: RunConfig,
  state: State,
  outputsOf: (net: Network, x: Tensor) => Record<string, Tensor>,
  metadata = {},
): Uint8Array {
  const graph = new Graph();
  const net = new Network(graph, 'evaluation');
  const x = graph.input(INPUT, [1, channelsOf(config), config.imageSize, config.imageSize]);
  const outputs = new Map(Object.entries(outputsOf(net, x)));
  const constants = new Map(net.entries.map(({ name, shape }) => [name, tensorOf(state, name, shape).data]));
  return new OnnxLowering({ constants, dynamicBatch: 'batch', interchange: true, metadata }).model('encoder', outputs);
}

/** Whether photos are compared by whitened features of this state, rather than by pooled ones. */
export const hasReadout = (state: State): boolean => state.has(READOUT.weight);

/** What photos are compared by [N, D]: pooled features, or what the readout makes of the last two stages. */
function compared(net: Network, x: Tensor, config: RunConfig, state: State) {
  const { features, stages } = lateStages(net, 'backbone', x, config.backbone);
  const name = READOUT.weight.replace('.weight', '');
  const embedding = hasReadout(state) ? linear(net, name, stages, featureDim(config), true) : features;
  return { embedding, features, stages };
}

/**
 * The encoder as ONNX bytes (opset 17): pixel_values [batch, C, H, W] -> embedding [batch, D], the pooled features or,
 * where the state has a readout, whitened ones; not normalised.
 */
export const encoderModel = (
  config: RunConfig,
  state: State,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array => lower(config, state, (net, x) => ({ embedding: compared(net, x, config, state).embedding }), metadata);

const evaluationModel = (config: RunConfig, state: State): Uint8Array =>
  lower(config, state, (net, x) => {
    const { embedding, features, stages } = compared(net, x, config, state);
    const projections = projector(net, 'projector', features, config.head);
    return { features: embedding, stages, projections, predictions: predictor(net, 'predictor', projections, config) };
  });

export interface Embedding {
  /** What photos are compared by, [n, D], not normalised: pooled, or whitened where the state has a readout. */
  features: Float32Array;
  /** The last two stages, pooled [n, S]: what a readout is fitted on. Empty of a frozen encoder. */
  stages: Float32Array;
  /** Projections z, [n, d]. */
  projections: Float32Array;
  /** Predictions p, [n, d]. */
  predictions: Float32Array;
}

export interface EncoderSettings extends SessionSettings {
  /** Images computed at a time; bounds memory. */
  batch?: number;
}

export class Encoder {
  readonly #config: RunConfig;
  readonly #settings: EncoderSettings;
  #session: InferenceSession;

  private constructor(config: RunConfig, settings: EncoderSettings, session: InferenceSession) {
    this.#config = config;
    this.#settings = settings;
    this.#session = session;
  }

  /** @throws StateError, DeviceError */
  static async create(config: RunConfig, state: State, settings: EncoderSettings = {}): Promise<Encoder> {
    const { device = 'cpu' } = settings;
    const own: EncoderSettings = { ...settings, device: backendOf(device).encodesOn(device) };
    return new Encoder(config, own, await openSession(evaluationModel(config, state), own));
  }

  /** Embeds n images [n, C, H, W], normalised, any n. @throws ShapeError */
  async embed(images: Float32Array, n: number): Promise<Embedding> {
    const { imageSize, head } = this.#config;
    const channels = channelsOf(this.#config);
    const pixels = channels * imageSize * imageSize;
    if (images.length !== n * pixels)
      throw new ShapeError(
        'embed',
        [[images.length]],
        `${n} images of ${channels} x ${imageSize} x ${imageSize} are ${n * pixels} numbers`,
      );
    const out: Embedding = {
      features: new Float32Array(n * featureDim(this.#config)),
      stages: new Float32Array(n * lateStagesDim(this.#config.backbone)),
      projections: new Float32Array(n * head.outputDim),
      predictions: new Float32Array(n * head.outputDim),
    };
    const batch = this.#settings.batch ?? 64;
    for (let start = 0; start < n; start += batch) {
      const count = Math.min(batch, n - start);
      const part = images.subarray(start * pixels, (start + count) * pixels);
      const results = await this.#session.run({
        [INPUT]: new OrtTensor('float32', part, [count, channels, imageSize, imageSize]),
      });
      for (const [name, target] of Object.entries(out) as [keyof Embedding, Float32Array][])
        target.set(results[name]!.data as Float32Array, start * (target.length / n));
    }
    return out;
  }

  /** Takes over newer parameters and running statistics. */
  async update(state: State): Promise<void> {
    const session = await openSession(evaluationModel(this.#config, state), this.#settings);
    await this.#session.release();
    this.#session = session;
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}
