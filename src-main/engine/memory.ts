/**
 * How much memory a training process takes, predicted from the model that it would run: what the runtime touches for the
 * values of a step (onnx/arena.ts), the state as it is held, the encoder of the looks at the probe photos, and the process
 * itself. Within 6 % of what such processes took on Linux, but for one network on one processor (docs/performance/step.md);
 * test/engine/memory.test.ts measures again.
 */
import type { RunConfig } from '../../shared/config.ts';
import { LARGEST_BLOCK, isOneBlock } from './channel-block.ts';
import { encoderBytes, ENCODED_AT_ONCE } from './encoder.ts';
import { elements } from './graph.ts';
import { arenaUse } from './onnx/arena.ts';
import { OnnxLowering } from './onnx/lowering.ts';
import { imageLayout } from './session.ts';
import type { StateEntry } from './state.ts';
import { trainingGraph } from './training-graph.ts';
import { movesHere } from './training-program.ts';

const FLOAT = 4;
/** Node and the ONNX runtime, and what an operator of the compiled step takes (onnxruntime-node 1.30, Node 26). */
const PROCESS = { own: 146e6, operator: 13e3 };
/** What kernels take for themselves, and the arena to keep account, as a share of what a step touches. */
const KERNELS = 0.075;

/** What was asked last: a job plans once before it reads its photos and once after, mostly of the same step. */
let last: { asked: string; bytes: number } | null = null;

/** Peak bytes of the process that trains `config` on so many photos on CPU, decoding and augmentation not included. */
export function estimateMemory(config: RunConfig, images?: number): number {
  // what is known only once the photos have been read, and no part of the step
  const asked = JSON.stringify([{ ...config, viewsBy: null, copies: null }, images]);
  if (last?.asked !== asked) last = { asked, bytes: predicted(config, images) };
  return last.bytes;
}

function predicted(config: RunConfig, images: number | undefined): number {
  const channelBlock = process.arch === 'arm64' ? 0 : LARGEST_BLOCK;
  const { entries, outputs, moves } = trainingGraph(config, {
    images,
    stacked: isOneBlock(config, channelBlock),
    leavesMoves: movesHere(),
  });
  const step = new OnnxLowering({ images: imageLayout('cpu'), channelBlock }).program('training-step', outputs);
  // Parameters stand as they are and as they were given, what is not moved where it lies also as the step leaves it, the
  // optimizer's slots once: given ones are zeros that nobody has touched, and a checkpoint is written from where the
  // state lies.
  const moved = new Set(moves.map(({ parameter }) => parameter));
  const copies = ({ name, role }: StateEntry): number => (role === 'slot' ? 1 : moved.has(name) ? 2 : 3);
  const state = entries.reduce((sum, entry) => sum + copies(entry) * elements(entry.shape), 0);
  const views = step.inputs.filter((v) => v.shape.length === 4 && v.name.startsWith('view'));
  const fed = views.reduce((sum, v) => sum + elements(v.shape.map(Number)), 0);
  const values = arenaUse(step).touched;
  const own = PROCESS.own + PROCESS.operator * step.nodes.length;
  return Math.round(own + FLOAT * (state + fed) + (1 + KERNELS) * values + encoderBytes(config, ENCODED_AT_ONCE));
}
