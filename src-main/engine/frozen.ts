/**
 * An encoder that was trained elsewhere, an ONNX file, run as it is. It takes what every encoder here takes, photos as the trainer
 * prepares them, and turns them into what its form says that the file wants: other means, another order of colours or
 * axes, other types of numbers, as many photos at a time as it can take. The form is shared/frozen.ts.
 */
import { joined } from '../../shared/append.ts';
import { Tensor as OrtTensor } from 'onnxruntime-node';
import type { InferenceSession } from 'onnxruntime-node';
import type { FrozenEncoder, FrozenForm, Pooling } from '../../shared/frozen.ts';
import { InternalError } from '../../shared/errors.ts';
import { ShapeError } from './errors.ts';
import type { Embedding } from './encoder.ts';
import { openSession } from './session.ts';
import type { SessionSettings } from './session.ts';
import { elements } from './graph.ts';

type Numbers = Float32Array | Uint8Array;

/** What of a network's output is not in the file: how it is fed and pooled. */
export type Feeding = Pick<FrozenEncoder, 'form' | 'batch' | 'input'>;

/** How photos come: each colour's levels of 0 to 255 as shares, less a mean, by a deviation. */
interface Prepared {
  mean: readonly number[];
  std: readonly number[];
}

/** An output of the network for n photos: its shape without the first axis, and its numbers. */
export interface RawOutput {
  shape: number[];
  data: Float32Array;
}

/** Photos computed at a time where the file takes any number; a large network needs memory for each. */
const BATCH = 16;

/** An encoder from elsewhere, as an ONNX file: it gives features of photos and is never trained. It holds memory until `close`. */
export class FrozenNetwork {
  readonly #session: InferenceSession;
  readonly #feeding: Feeding;
  readonly #tables: readonly Numbers[];
  readonly #prepared: Prepared;

  private constructor(session: InferenceSession, feeding: Feeding, prepared: Prepared) {
    this.#session = session;
    this.#feeding = feeding;
    this.#prepared = prepared;
    this.#tables = [0, 1, 2].map((channel) => tableOf(feeding, channel));
  }

  /** @throws DeviceError, or the runtime's error where it cannot run the file */
  static async open(
    model: Uint8Array,
    feeding: Feeding,
    prepared: Prepared,
    settings: SessionSettings = {},
  ): Promise<FrozenNetwork> {
    return new FrozenNetwork(await openSession(model, settings), feeding, prepared);
  }

  /** The same network fed and pooled otherwise; it is closed with this one. */
  as(feeding: Feeding): FrozenNetwork {
    return new FrozenNetwork(this.#session, feeding, this.#prepared);
  }

  /** Embeds n photos [n, 3, S, S], prepared. @throws ShapeError */
  async embed(photos: Float32Array, n: number): Promise<Embedding> {
    const parts: Float32Array[] = [];
    for (const { shape, data, count } of await this.#outputs(photos, n))
      parts.push(pooled({ shape, data }, count, this.#feeding.form));
    return { features: joined(parts), projections: new Float32Array(0), predictions: new Float32Array(0) };
  }

  /** What the network gives for n photos, before it is pooled. */
  async raw(photos: Float32Array, n: number): Promise<RawOutput> {
    const parts = await this.#outputs(photos, n);
    return { shape: parts[0]!.shape, data: joined(parts.map(({ data }) => data)) };
  }

  /** There are no newer weights to take. */
  update(): Promise<void> {
    return Promise.reject(new InternalError('bad-state', 'a frozen encoder has no newer weights'));
  }

  async close(): Promise<void> {
    await this.#session.release();
  }

  async #outputs(photos: Float32Array, n: number): Promise<(RawOutput & { count: number })[]> {
    const { form, batch } = this.#feeding;
    const numbers = 3 * form.imageSize ** 2;
    if (photos.length !== n * numbers)
      throw new ShapeError(
        'embed',
        [[photos.length]],
        `${n} photos of ${form.imageSize} px are ${n * numbers} numbers`,
      );
    const size = batch ?? BATCH;
    const out: (RawOutput & { count: number })[] = [];
    for (let start = 0; start < n; start += size) {
      const count = Math.min(size, n - start);
      const fed = batch ?? count; // a file of a fixed number gets blank photos for the rest
      const part = photos.subarray(start * numbers, (start + count) * numbers);
      const results = await this.#session.run({ [this.#session.inputNames[0]!]: this.#fed(part, count, fed) }, [
        form.output,
      ]);
      const { dims, data } = results[form.output]!;
      const floats = data instanceof Float32Array ? data : Float32Array.from(data as ArrayLike<number>);
      const whole = dims[0] === fed && dims.length > 1 ? dims.slice(1) : fed === 1 ? [...dims] : null;
      if (!whole) throw new ShapeError('embed', [[...dims]], `the output has no axis of ${fed} photos`);
      out.push({ shape: [...whole], data: floats.subarray(0, (floats.length / fed) * count), count });
    }
    return out;
  }

  /** Photos as the file wants them: the level of each pixel, which rounding finds again exactly, by a table. */
  #fed(photos: Float32Array, count: number, fed: number): OrtTensor {
    const { form, input } = this.#feeding;
    const side = form.imageSize;
    const pixels = side * side;
    const { mean, std } = this.#prepared;
    const data = arrayOf(input, fed * 3 * pixels);
    for (let photo = 0; photo < count; photo++)
      for (let channel = 0; channel < 3; channel++) {
        const table = this.#tables[channel]!;
        const from = (photo * 3 + channel) * pixels;
        const place = form.order === 'bgr' ? 2 - channel : channel;
        const [m, s] = [mean[channel]!, std[channel]!];
        const [to, step] = form.layout === 'nchw' ? [(photo * 3 + place) * pixels, 1] : [photo * 3 * pixels + place, 3];
        for (let i = 0; i < pixels; i++) data[to + i * step] = table[Math.round(255 * (photos[from + i]! * s + m))]!;
      }
    const dims = form.layout === 'nchw' ? [fed, 3, side, side] : [fed, side, side, 3];
    return new OrtTensor(input, data as Float32Array, dims);
  }
}

const arrayOf = (type: FrozenEncoder['input'], length: number): Numbers =>
  type === 'uint8' ? new Uint8Array(length) : new Float32Array(length);

/** What each of the 256 levels of a colour becomes; a network that takes bytes gets them as they are. */
function tableOf({ form, input }: Feeding, channel: number): Numbers {
  const table = arrayOf(input, 256);
  const [mean, std] = [Math.fround(form.mean[channel]!), Math.fround(form.std[channel]!)];
  for (let level = 0; level < 256; level++)
    table[level] = input === 'uint8' ? level : Math.fround(Math.fround(Math.fround(level / 255) - mean) / std);
  return table;
}

/**
 * Whether the channels of a photo's map come first. A map of a square picture is square, and says so itself; the axes of
 * the input need not be those of the output, as a network that turns them goes on in its own. Where all three are of one
 * size, they are taken to be.
 */
function areChannelsFirst([first, middle, last]: readonly number[], layout: FrozenForm['layout']): boolean {
  if (middle === last && first !== middle) return true;
  if (first === middle && middle !== last) return false;
  return layout === 'nchw';
}

/** Whether a pooling goes with a photo's output of a shape: tokens are [T, D], maps [D, H, W] or [H, W, D]. */
export function poolsShape(pool: Pooling, shape: readonly number[]): boolean {
  if (pool === 'none') return shape.length === 1;
  if (pool === 'flatten') return true;
  return pool === 'mean' ? shape.length === 2 || shape.length === 3 : shape.length === 2 && shape[0]! > 1;
}

/** Numbers of one photo's vector. */
export function pooledSize(pool: Pooling, shape: readonly number[], { layout }: Pick<FrozenForm, 'layout'>): number {
  if (pool === 'none' || pool === 'flatten') return elements(shape);
  return shape.length === 3 && areChannelsFirst(shape, layout) ? shape[0]! : shape.at(-1)!;
}

/** Vectors [count, D] of an output [count, ...shape]. */
function pooled({ shape, data }: RawOutput, count: number, { pool, layout }: FrozenForm): Float32Array {
  if (!poolsShape(pool, shape))
    throw new ShapeError('embed', [[...shape]], `an output of [${shape.join(', ')}] is not pooled by '${pool}'`);
  if (pool === 'none' || pool === 'flatten') return data.slice();
  const d = pooledSize(pool, shape, { layout });
  const rows = elements(shape) / d;
  const out = new Float32Array(count * d);
  if (pool === 'class') {
    for (let i = 0; i < count; i++) out.set(data.subarray(i * rows * d, i * rows * d + d), i * d);
    return out;
  }
  const channelsFirst = shape.length === 3 && areChannelsFirst(shape, layout);
  const first = pool === 'patches' ? 1 : 0;
  for (let i = 0; i < count; i++)
    for (let k = 0; k < d; k++) {
      let sum = 0;
      for (let row = first; row < rows; row++)
        sum += data[i * rows * d + (channelsFirst ? k * rows + row : row * d + k)]!;
      out[i * d + k] = sum / (rows - first);
    }
  return out;
}
