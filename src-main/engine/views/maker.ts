/** Makes the views of a batch on a device, and on WebGPU leaves them there for the step. */
import { Tensor as OrtTensor } from 'onnxruntime-node';
import type { InferenceSession } from 'onnxruntime-node';
import { VIEW_PARAMETERS } from '../../../shared/viewParameters.ts';
import { ShapeError } from '../errors.ts';
import { OnnxLowering } from '../onnx/lowering.ts';
import { openSession } from '../session.ts';
import type { SessionSettings } from '../session.ts';
import { noTraffic, runCounted } from '../traffic.ts';
import type { Traffic } from '../traffic.ts';
import { viewName } from '../training-graph.ts';
import { PARAMETERS, PHOTOS, photosShape, viewGraph } from './graph.ts';
import type { ViewGraphShape } from './graph.ts';

/** A batch whose views are not made yet. */
export interface PhotoBatch {
  /** Pixels [N, height, width, 3], each photo in the upper left corner of its field. */
  photos: Uint8Array;
  /** What is drawn for each view, [V, N, VIEW_PARAMETERS] (shared/viewParameters.ts). */
  parameters: Float32Array;
}

export class ViewMaker {
  readonly #shape: ViewGraphShape;
  readonly #session: InferenceSession;

  private constructor(shape: ViewGraphShape, session: InferenceSession) {
    this.#shape = shape;
    this.#session = session;
  }

  /** @param kept whether views stay on the device; only WebGPU's can. @throws DeviceError */
  static async create(
    shape: ViewGraphShape,
    settings: SessionSettings,
    kept = settings.device === 'webgpu',
  ): Promise<ViewMaker> {
    const outputs = viewGraph(shape);
    const graphics = settings.device !== undefined && settings.device !== 'cpu';
    const model = new OnnxLowering({ graphics }).model('views', outputs);
    const locations = Object.fromEntries([...outputs.keys()].map((name) => [name, 'gpu-buffer' as const]));
    const onWebGpu = settings.device === 'webgpu';
    const session = await openSession(model, settings, {
      // The runtime would carry the photos' bytes on through the graph, requantised where it pleases.
      extra: { session: { disable_quant_qdq: '1', ...(onWebGpu ? { disable_cpu_ep_fallback: '1' } : {}) } },
      ...(kept ? { preferredOutputLocation: locations } : {}),
    });
    return new ViewMaker(shape, session);
  }

  /** The views by their names as a step takes them, [N, 3, size, size]; the caller disposes of them. @throws ShapeError */
  async make({ photos, parameters }: PhotoBatch, traffic: Traffic): Promise<Readonly<Record<string, OrtTensor>>> {
    const { count, width, height, sizes } = this.#shape;
    const drawn = [sizes.length, count, VIEW_PARAMETERS];
    if (photos.length !== count * height * width * 3 || parameters.length !== sizes.length * count * VIEW_PARAMETERS)
      throw new ShapeError(
        'views',
        [[photos.length], [parameters.length]],
        `needs photos of ${count} x ${height} x ${width} x 3 bytes and ${drawn.join(' x ')} numbers`,
      );
    const feeds = {
      [PHOTOS]: new OrtTensor('uint8', photos, photosShape(this.#shape)),
      [PARAMETERS]: new OrtTensor('float32', parameters, drawn),
    };
    return runCounted(
      this.#session,
      feeds,
      Object.fromEntries(this.#session.outputNames.map((name) => [name, null])),
      traffic,
    );
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}

/** The views of one batch in the computer's memory, in the order of their sizes; for a test of the device. @throws DeviceError, ShapeError */
export async function makeViews(
  shape: ViewGraphShape,
  batch: PhotoBatch,
  settings: SessionSettings,
): Promise<Float32Array[]> {
  const maker = await ViewMaker.create(shape, settings, false);
  try {
    const made = await maker.make(batch, noTraffic());
    return shape.sizes.map((_, v) => made[viewName(v)]!.data as Float32Array);
  } finally {
    await maker.close();
  }
}
