/**
 * The trained network in evaluation mode (running statistics): Encoder computes what prepared images are compared by,
 * their projections and predictions, and what a readout is fitted on; encoderModel writes the first of these as an ONNX
 * file of standard operators. Weights are constants of the models, so that the runtime folds batch normalisation into
 * the convolutions and blocks them.
 */
import { Tensor as OrtTensor } from 'onnxruntime-node';
import type { InferenceSession } from 'onnxruntime-node';
import { backboneDim, lateStagesDim } from '../../shared/backbone.ts';
import type { RunConfig } from '../../shared/config.ts';
import { channelsOf } from '../../shared/input.ts';
import { READOUT } from '../../shared/stateNames.ts';
import { ShapeError } from './errors.ts';
import { elements, Graph } from './graph.ts';
import type { Tensor } from './graph.ts';
import { predictor, projector } from './nn/heads.ts';
import { Network } from './nn/network.ts';
import { backbone, lateStages } from './nn/backbone.ts';
import { linear } from './nn/layers.ts';
import { EDGE_CELLS, EDGES, edges } from './nn/edges.ts';
import { concat, enlarge } from './ops/index.ts';
import { backendOf } from './backends.ts';
import { OnnxLowering } from './onnx/lowering.ts';
import { openSession } from './session.ts';
import type { SessionSettings } from './session.ts';
import { tensorOf } from './state.ts';
import type { State } from './state.ts';

export const INPUT = 'pixel_values';

/** Size D of the backbone's pooled features, and of the embedding. */
export const featureDim = (config: RunConfig): number => backboneDim(config.backbone);

/** The network in evaluation as ONNX bytes, with the outputs that `outputsOf` makes of images [batch, C, H, W]. */
export function lower(
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

/**
 * How much larger photos are compared than they are trained on: crops show what is in them larger than a whole photo
 * does (Touvron et al. 2019, "Fixing the train-test resolution discrepancy"). Measured: docs/recipes.md.
 */
export const ENLARGED = 1.5;

/** Numbers at the end of what a readout is fitted on that are edges and not the network's. */
export const edgesDim = ({ embedding }: RunConfig): number => (embedding === 'whitenedEdges' ? EDGES : 0);

/** The same, with how many places each direction is counted at. */
export const edgeNumbers = (config: RunConfig): { edges: number; cells: number } => ({
  edges: edgesDim(config),
  cells: EDGE_CELLS,
});

/** Numbers S of what a readout is fitted on. */
export const stagesDim = (config: RunConfig): number => lateStagesDim(config.backbone) + edgesDim(config);

/** What a readout is fitted on: the last two stages of the enlarged photo, pooled, beside its edges where the config says so [N, S]. */
function stagesOf(net: Network, x: Tensor, config: RunConfig): Tensor {
  const stages = lateStages(net, 'backbone', enlarge(x, Math.round(ENLARGED * config.imageSize)), config.backbone);
  return edgesDim(config) > 0 ? concat([stages, edges(x)], 1) : stages;
}

/** What photos are compared by [N, D]: pooled features, or what the readout makes of the last two stages. */
const compared = (net: Network, x: Tensor, config: RunConfig, state: State): Tensor =>
  hasReadout(state)
    ? linear(net, READOUT.weight.replace('.weight', ''), stagesOf(net, x, config), featureDim(config), true)
    : backbone(net, 'backbone', x, config.backbone);

/**
 * The encoder as ONNX bytes (opset 17): pixel_values [batch, C, H, W] -> embedding [batch, D], the pooled features or,
 * where the state has a readout, whitened ones; not normalised.
 */
export const encoderModel = (
  config: RunConfig,
  state: State,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array => lower(config, state, (net, x) => ({ embedding: compared(net, x, config, state) }), metadata);

const evaluationModel = (config: RunConfig, state: State): Uint8Array =>
  lower(config, state, (net, x): Record<string, Tensor> => {
    const features = compared(net, x, config, state);
    if (hasReadout(state)) return { features }; // heads are of pooled features
    const projections = projector(net, 'projector', features, config.head);
    return { features, projections, predictions: predictor(net, 'predictor', projections, config) };
  });

const stagesModel = (config: RunConfig, state: State): Uint8Array =>
  lower(config, state, (net, x) => ({ stages: stagesOf(net, x, config) }));

/** Copies of its weights that an encoder takes while its session is opened: in the file, read, as they are, in the order of its kernels. */
const COPIES = 4;
/** Largest images that it holds at a time. */
const IMAGES = 2.5;

/** Photos that an encoder computes at a time unless it is told otherwise; those that it enlarges are fewer. */
export const ENCODED_AT_ONCE = 64;

/** How many of so many photos at a time are enlarged in as much memory as without enlarging. */
const enlargedAtOnce = (batch: number): number => Math.max(1, Math.floor(batch / ENLARGED ** 2));

/**
 * Bytes that an encoder of `config` which computes `batch` photos at a time takes at most, by what was measured
 * (docs/performance/step.md): of what it computes for a run, one at a time, the larger.
 */
export function encoderBytes(config: RunConfig, batch: number): number {
  const bytesOf = (n: number, compute: (net: Network, x: Tensor) => Tensor): number => {
    const graph = new Graph();
    const net = new Network(graph, 'evaluation');
    compute(net, graph.input(INPUT, [n, channelsOf(config), config.imageSize, config.imageSize]));
    const weights = net.entries.reduce((sum, { shape }) => sum + elements(shape), 0);
    const largest = Math.max(...graph.nodes.flatMap((node) => node.outputs.map(({ shape }) => elements(shape))));
    return Float32Array.BYTES_PER_ELEMENT * (COPIES * weights + IMAGES * largest);
  };
  const pooled = bytesOf(batch, (net, x) =>
    predictor(
      net,
      'predictor',
      projector(net, 'projector', backbone(net, 'backbone', x, config.backbone), config.head),
      config,
    ),
  );
  if (config.embedding === 'pooled') return pooled;
  return Math.max(
    pooled,
    bytesOf(enlargedAtOnce(batch), (net, x) => stagesOf(net, x, config)),
  );
}

export interface Embedding {
  /** What photos are compared by, [n, D], not normalised: pooled, or whitened where the state has a readout. */
  features: Float32Array;
  /** Projections z, [n, d]; empty of a state with a readout. */
  projections: Float32Array;
  /** Predictions p, [n, d]; empty of a state with a readout. */
  predictions: Float32Array;
}

export interface EncoderSettings extends SessionSettings {
  /** Images computed at a time, which bounds memory; default: ENCODED_AT_ONCE. */
  batch?: number;
}

/** What an encoder computes, by its sessions. */
const models = { features: evaluationModel, stages: stagesModel };
type Computed = keyof typeof models;

/** The network of a run, as some state has it. It holds memory, of a device too, until `close`. */
export class Encoder {
  readonly #config: RunConfig;
  readonly #settings: EncoderSettings;
  #state: State;
  /** One at a time: each holds the weights three times, as its file, as they are and in the order of its kernels. */
  #open: { computes: Computed; session: InferenceSession } | null = null;

  private constructor(config: RunConfig, settings: EncoderSettings, state: State) {
    this.#config = config;
    this.#settings = settings;
    this.#state = state;
  }

  /** @throws StateError, DeviceError */
  static async create(config: RunConfig, state: State, settings: EncoderSettings = {}): Promise<Encoder> {
    const { device = 'cpu' } = settings;
    const own: EncoderSettings = { ...settings, device: backendOf(device).encodesOn(device) };
    const encoder = new Encoder(config, own, state);
    await encoder.#session('features');
    return encoder;
  }

  async #session(computes: Computed): Promise<InferenceSession> {
    if (this.#open?.computes !== computes) {
      await this.close();
      const session = await openSession(models[computes](this.#config, this.#state), this.#settings);
      this.#open = { computes, session };
    }
    return this.#open!.session;
  }

  /** Embeds n images [n, C, H, W], normalised, any n. @throws ShapeError */
  async embed(images: Float32Array, n: number): Promise<Embedding> {
    const d = hasReadout(this.#state) ? 0 : this.#config.head.outputDim;
    const out: Embedding = {
      features: new Float32Array(n * featureDim(this.#config)),
      projections: new Float32Array(n * d),
      predictions: new Float32Array(n * d),
    };
    await this.#run(await this.#session('features'), images, n, out, hasReadout(this.#state));
    return out;
  }

  /** What a readout is fitted on, of n images [n, S]. @throws ShapeError */
  async stages(images: Float32Array, n: number): Promise<Float32Array> {
    const stages = new Float32Array(n * stagesDim(this.#config));
    await this.#run(await this.#session('stages'), images, n, { stages }, true);
    return stages;
  }

  /** Fills each of `out` [n, ...] by the output of its name; empty ones are left. */
  async #run(
    session: InferenceSession,
    images: Float32Array,
    n: number,
    out: object,
    enlarged: boolean,
  ): Promise<void> {
    const { imageSize } = this.#config;
    const channels = channelsOf(this.#config);
    const pixels = channels * imageSize * imageSize;
    if (images.length !== n * pixels)
      throw new ShapeError(
        'embed',
        [[images.length]],
        `${n} images of ${channels} x ${imageSize} x ${imageSize} are ${n * pixels} numbers`,
      );
    const wanted = (Object.entries(out) as [string, Float32Array][]).filter(([, target]) => target.length > 0);
    const { batch: most = ENCODED_AT_ONCE } = this.#settings;
    const batch = enlarged ? enlargedAtOnce(most) : most;
    for (let start = 0; start < n; start += batch) {
      const count = Math.min(batch, n - start);
      const part = images.subarray(start * pixels, (start + count) * pixels);
      const results = await session.run({
        [INPUT]: new OrtTensor('float32', part, [count, channels, imageSize, imageSize]),
      });
      for (const [name, target] of wanted) target.set(results[name]!.data as Float32Array, start * (target.length / n));
    }
  }

  /** Takes over newer parameters and running statistics, which are to stay as they are for as long as it computes by them. */
  async update(state: State): Promise<void> {
    await this.close();
    this.#state = state;
    await this.#session('features');
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    await open?.session.release();
  }
}
