/**
 * What a training step on a graphics card has to do, by arithmetic on its graph, at the sizes of `bench --device`:
 *
 *   node scripts/step-traffic.ts
 */
import { parseConfig } from '../shared/config.ts';
import { OnnxLowering } from '../src-main/engine/onnx/lowering.ts';
import { peakBytes } from '../src-main/engine/onnx/liveness.ts';
import { movedBytes } from '../src-main/engine/onnx/moved.ts';
import { trainingGraph } from '../src-main/engine/training-graph.ts';
import { CARD_STEPS, trainingConfig } from '../src-main/trainer/bench/work.ts';

const VIEWS = ['Reshape', 'Flatten', 'Identity'];
for (const step of CARD_STEPS)
  for (const precision of ['float32', 'float16'] as const) {
    const config = parseConfig(trainingConfig({ ...step, width: 1, threads: 1, precision }));
    const lowering = new OnnxLowering({ images: 'channelsLast', graphics: true, half: precision === 'float16' });
    const program = lowering.program('training-step', trainingGraph(config).outputs);
    const nodes = program.nodes.filter((node) => !VIEWS.includes(node.opType)).length;
    const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(3);
    console.log(
      `${step.backbone} ${step.size} px batch ${step.batch} ${precision}: ${gigabytes(movedBytes(program) / step.batch)} GB a photo, ${nodes} nodes, ${gigabytes(peakBytes(program))} GB of intermediate values`,
    );
  }
