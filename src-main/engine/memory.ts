/**
 * How much memory a training process takes, predicted from the model that it would run: the most that is alive at a
 * time (onnx/liveness.ts), the state as it is held, and the process itself. Within a quarter of what was measured;
 * test/engine/memory.test.ts measures again.
 */
import type { RunConfig } from '../../shared/config.ts';
import { elements } from './graph.ts';
import { peakBytes } from './onnx/liveness.ts';
import { OnnxLowering } from './onnx/lowering.ts';
import { imageLayout } from './session.ts';
import { trainingGraph } from './training-graph.ts';

const FLOAT = 4;
/** Node, the ONNX runtime and the compiled step of a tiny network (onnxruntime-node 1.30, Node 26). */
const PROCESS_BYTES = 210e6;
/** What the runtime's arena holds beyond what is alive, as its free parts do not fit what is asked for next. */
const ARENA = 1.5;

/** Peak bytes of the process that trains `config` on so many photos on CPU, decoding and augmentation not included. */
export function estimateMemory(config: RunConfig, images?: number): number {
  const { entries, outputs } = trainingGraph(config, { images });
  const step = new OnnxLowering({ images: imageLayout('cpu') }).program('training-step', outputs);
  // Parameters and statistics stand as they are and as the step leaves them, the optimizer's slots once; and all of it once more
  // while it is handed over at the start or read for a checkpoint.
  const state = entries.reduce((sum, e) => sum + elements(e.shape) * (e.role === 'slot' ? 2 : 3), 0);
  const views = step.inputs.filter((v) => v.shape.length === 4 && v.name.startsWith('view'));
  const fed = views.reduce((sum, v) => sum + elements(v.shape.map(Number)), 0);
  return Math.round(PROCESS_BYTES + FLOAT * (state + fed) + ARENA * peakBytes(step));
}
