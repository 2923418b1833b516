/**
 * The WebAssembly kernels of this thread and the memory they work in. `Kernels` lays the memory out for one image
 * and one output size at a time and knows no randomness; augmentView.ts decides which kernels run.
 * Why WebAssembly: a crop of 200 x 170 pixels resized to 128 x 128 takes 0.11 to 0.16 ms here, 0.43 to 0.52 ms in
 * plain JavaScript on typed arrays and 0.9 to 1.1 ms in sharp (raw in, raw out, one thread); turning the hue 0.06 ms
 * here and 0.33 to 0.40 ms in JavaScript. All in one run, Node 26.10, one core of an AMD EPYC that others used too.
 */
import { WebAssembly } from '../../files/webAssembly.ts';
import { highestOf } from '../bands.ts';
import type { BandImage } from '../bands.ts';
import { growTo, Regions } from '../regions.ts';
import type { GrowingMemory } from '../regions.ts';
import type { RgbImage } from '../resize.ts';
import { wasm } from '../wasm/augment.ts';
import { gaussianWeights, resampleWeights } from './weights.ts';
import type { Resampling } from './weights.ts';
import { bytesOf } from '../../../shared/bytes.ts';

/** Signatures of wasm/assembly/augment.ts; addresses are bytes. */
interface Exports {
  memory: GrowingMemory;
  resize(
    src: number,
    stride: number,
    columns: number,
    size: number,
    rowStarts: number,
    rowWeights: number,
    rowTaps: number,
    columnStarts: number,
    columnWeights: number,
    columnTaps: number,
    row: number,
    out: number,
  ): void;
  resizeBand: Exports['resize'];
  bandContrast(plane: number, count: number, factor: number): void;
  brightness(planes: number, count: number, factor: number): void;
  contrast(planes: number, count: number, factor: number): void;
  saturation(planes: number, count: number, factor: number): void;
  hue(planes: number, count: number, turns: number): void;
  toGrey(planes: number, count: number): void;
  normalise(plane: number, count: number, scale: number, offset: number, out: number): void;
  blur(
    plane: number,
    size: number,
    weights: number,
    radius: number,
    scale: number,
    offset: number,
    row: number,
    out: number,
  ): void;
}

export interface Crop {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Addresses of what resize leaves behind: the view's planes, room for as many results, and the blur's scratch. */
interface Workspace {
  planes: number;
  out: number;
  gaussian: number;
  blurRow: number;
}

export class Kernels {
  readonly call: Exports;
  #bytes: Uint8Array;

  constructor() {
    this.call = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(wasm, 'base64'))).exports as Exports;
    this.#bytes = new Uint8Array(this.call.memory.buffer);
  }

  /**
   * Crop and antialiased bilinear resize (optionally mirrored) to planes [3, size, size] in [0, 1], at
   * `workspace.planes`. The workspace stays until the next call.
   */
  resize(image: RgbImage, crop: Crop, size: number, flip: boolean, verticalFlip: boolean): Workspace {
    const columns = resampleWeights(crop.width, size, flip);
    const rows = resampleWeights(crop.height, size, verticalFlip, 1 / 255);
    const stride = image.width * 3;
    const first = crop.y * stride + crop.x * 3;
    const last = (crop.y + crop.height - 1) * stride + (crop.x + crop.width) * 3;

    const memory = this.#layOut(
      columns,
      rows,
      { row: crop.width * 12, planes: size * size * 12, source: last - first },
      size,
    );
    const { rowStarts, rowWeights, columnStarts, columnWeights, row, planes, source } = memory;
    this.#bytes.set(image.data.subarray(first, last), source);
    this.call.resize(
      source,
      stride,
      crop.width * 3,
      size,
      rowStarts,
      rowWeights,
      rows.taps,
      columnStarts,
      columnWeights,
      columns.taps,
      row,
      planes,
    );
    return memory;
  }

  /**
   * `resize` of bands, [channels, height, width] of 8 or 16 bits, each by itself, to planes [channels, size, size] at
   * `workspace.planes`.
   */
  resizeBands(image: BandImage, crop: Crop, size: number, flip: boolean, verticalFlip: boolean): Workspace {
    const { width, height, channels, data } = image;
    const columns = resampleWeights(crop.width, size, flip);
    const rows = resampleWeights(crop.height, size, verticalFlip, 1 / highestOf(data));
    const bytes = { row: crop.width * 4, planes: size * size * 4 * channels, source: crop.width * crop.height * 2 };
    const memory = this.#layOut(columns, rows, bytes, size);
    const { rowStarts, rowWeights, columnStarts, columnWeights, row, planes, source } = memory;
    const wide = new Uint16Array(this.call.memory.buffer, source, crop.width * crop.height);
    for (let channel = 0; channel < channels; channel++) {
      for (let y = 0; y < crop.height; y++) {
        const first = (channel * height + crop.y + y) * width + crop.x;
        wide.set(data.subarray(first, first + crop.width), y * crop.width);
      }
      this.call.resizeBand(
        source,
        crop.width * 2,
        crop.width,
        size,
        rowStarts,
        rowWeights,
        rows.taps,
        columnStarts,
        columnWeights,
        columns.taps,
        row,
        planes + channel * size * size * 4,
      );
    }
    return memory;
  }

  /** Puts the Gaussian where `call.blur` reads it, and returns its radius. */
  gaussian(workspace: Workspace, size: number, sigma: number): number {
    const weights = gaussianWeights(sigma, size - 1);
    this.#write(workspace.gaussian, weights);
    return weights.length - 1;
  }

  /** A view of memory; it dies when the memory grows, so take one for every use. */
  floats(address: number, count: number): Float32Array {
    return new Float32Array(this.call.memory.buffer, address, count);
  }

  /** Room for one view, its bytes where they depend on the channels, with the weights of both passes written. */
  #layOut(columns: Resampling, rows: Resampling, bytes: Record<'row' | 'planes' | 'source', number>, size: number) {
    const regions = new Regions();
    const memory = {
      rowStarts: regions.add(rows.starts.byteLength),
      rowWeights: regions.add(rows.weights.byteLength),
      columnStarts: regions.add(columns.starts.byteLength),
      columnWeights: regions.add(columns.weights.byteLength),
      row: regions.add(bytes.row),
      planes: regions.add(bytes.planes),
      out: regions.add(bytes.planes),
      gaussian: regions.add(size * 4),
      blurRow: regions.add(size * 12),
      source: regions.add(bytes.source),
    };
    this.#grow(regions.end);
    this.#write(memory.rowStarts, rows.starts);
    this.#write(memory.rowWeights, rows.weights);
    this.#write(memory.columnStarts, columns.starts);
    this.#write(memory.columnWeights, columns.weights);
    return memory;
  }

  #write(address: number, values: Float32Array | Int32Array): void {
    this.#bytes.set(bytesOf(values), address);
  }

  #grow(end: number): void {
    if (growTo(this.call.memory, end)) this.#bytes = new Uint8Array(this.call.memory.buffer);
  }
}

let kernels: Kernels | undefined;
/** This thread's kernels, compiled at first use (about a millisecond). */
export const threadKernels = (): Kernels => (kernels ??= new Kernels());
