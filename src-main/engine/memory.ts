/**
 * How much memory a training process takes, predicted from the model that it would run: what the runtime touches for the
 * values of a step (onnx/arena.ts), the state as it is held, and the process itself. Within 13 % of what was measured of
 * ten networks on Linux; test/engine/memory.test.ts measures again.
 */
import type { RunConfig } from '../../shared/config.ts';
import { LARGEST_BLOCK } from './channel-block.ts';
import { elements } from './graph.ts';
import { arenaBytes } from './onnx/arena.ts';
import { OnnxLowering } from './onnx/lowering.ts';
import { imageLayout } from './session.ts';
import { trainingGraph } from './training-graph.ts';

const FLOAT = 4;
/** Node, the ONNX runtime and the compiled step of a tiny network (onnxruntime-node 1.30, Node 26). */
const PROCESS_BYTES = 165e6;
/**
 * What kernels take for themselves and for matrices in another order: a share of what a step touches, and bytes that
 * all take.
 */
const KERNELS = { share: 0.15, own: 30e6 };
/** Factor on the bytes of the named state, for gradients and what the optimizer computes them with. */
const STATE = 1.12;

/** Peak bytes of the process that trains `config` on so many photos on CPU, decoding and augmentation not included. */
export function estimateMemory(config: RunConfig, images?: number): number {
  const { entries, outputs } = trainingGraph(config, { images });
  const channelBlock = process.arch === 'arm64' ? 0 : LARGEST_BLOCK;
  const step = new OnnxLowering({ images: imageLayout('cpu'), channelBlock }).program('training-step', outputs);
  // Parameters and statistics stand as they are and as the step leaves them, the optimizer's slots once; and all of it once more
  // while it is handed over at the start or read for a checkpoint.
  const state = entries.reduce((sum, e) => sum + elements(e.shape) * (e.role === 'slot' ? 2 : 3), 0);
  const views = step.inputs.filter((v) => v.shape.length === 4 && v.name.startsWith('view'));
  const fed = views.reduce((sum, v) => sum + elements(v.shape.map(Number)), 0);
  const values = arenaBytes(step);
  const kernels = KERNELS.share * values + Math.min(KERNELS.own, 2 * values);
  return Math.round(PROCESS_BYTES + FLOAT * (STATE * state + fed) + values + kernels);
}
