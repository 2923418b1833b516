/** Parameters that are moved where they lie, once a step is done, against those that the step itself would compute. */
import { Tensor } from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { mergeConfig, parseConfig } from '../../shared/config.ts';
import type { ConfigPatch } from '../../shared/config.ts';
import { viewsOf } from '../../shared/methods/index.ts';
import { channelBlock, isOneBlock } from '../../src-main/engine/channel-block.ts';
import { initialState, TrainingSession } from '../../src-main/engine/index.ts';
import type { State, StepInput } from '../../src-main/engine/index.ts';
import { OnnxLowering } from '../../src-main/engine/onnx/lowering.ts';
import { openSession } from '../../src-main/engine/session.ts';
import { nextName, trainingGraph, viewName } from '../../src-main/engine/training-graph.ts';
import { trainingProgram } from '../../src-main/engine/training-program.ts';
import { counted } from './golden.ts';
import { expectSameState, small } from './smallTraining.ts';

const STEPS = 2;
const THREADS = 2;
const slowed: ConfigPatch = { optimizer: { layerDecay: 0.7, settleEpochs: 1 } };
const alongSlots: [string, ConfigPatch][] = [
  ['SGD', {}],
  ['SGD at rates of their own for stages, heads and the predictor', slowed],
  ['LARS', { optimizer: { name: 'lars' } }],
  ['SwAV, whose prototypes have a rate of their own', { method: 'swav', head: { outputDim: 24 } }],
];

/** The state after the steps by the graph that updates its parameters itself. */
async function within(config: ReturnType<typeof parseConfig>, input: StepInput): Promise<State> {
  const block = await channelBlock();
  const { entries, outputs } = trainingGraph(config, { images: 16, stacked: isOneBlock(config, block) });
  const lowering = new OnnxLowering({ images: 'pixels', channelBlock: block });
  const session = await openSession(lowering.model('step', outputs), { threads: THREADS });
  const state = new Map([...initialState(config, 16)]);
  for (const { name, shape } of entries)
    if (!state.has(name))
      state.set(name, { shape: [...shape], data: new Float32Array(shape.reduce((a, b) => a * b, 1)) });
  const scalars: Record<string, number> = { ...input.method };
  for (const rate of ['learningRate', 'predictorLearningRate', 'backboneLearningRate'] as const)
    scalars[rate] = input[rate]!;
  for (let step = 0; step < STEPS; step++) {
    const feeds = Object.fromEntries(
      session.inputMetadata.map((value) => {
        const shape = value.isTensor ? value.shape.map(Number) : [];
        const view = (input.views as Float32Array[]).find((_, i) => viewName(i) === value.name);
        const data = view ?? state.get(value.name)?.data ?? Float32Array.of(scalars[value.name]!);
        return [value.name, new Tensor('float32', data, shape)];
      }),
    );
    const results = await session.run(feeds);
    for (const [name, tensor] of state)
      if (results[nextName(name)]) state.set(name, { ...tensor, data: results[nextName(name)]!.data as Float32Array });
  }
  await session.release();
  return state;
}

it.each(alongSlots)(
  'moves parameters to the last bit as the step would: %s',
  { timeout: 120_000 },
  async (_, patch) => {
    const config = parseConfig(mergeConfig(small, patch));
    const { moves, outputs } = await trainingProgram(config, {}, 16);
    expect(moves.length).toBeGreaterThan(20);
    for (const { parameter } of moves) expect(outputs.has(nextName(parameter)), parameter).toBe(false);
    const input: StepInput = {
      views: viewsOf(config).map(({ size }, i) => counted(viewName(i), config.batchSize * 3 * size ** 2, 2)),
      learningRate: 0.05,
      predictorLearningRate: 0.03,
      backboneLearningRate: 0.02,
      method: { prototypeLearningRate: 0.01 },
    };
    const session = await TrainingSession.create(config, initialState(config, 16), { threads: THREADS });
    for (let step = 0; step < STEPS; step++) await session.step(input);
    const after = await session.readState();
    await session.close();
    expectSameState(after, await within(config, input));
    const start = initialState(config, 16);
    for (const { parameter } of moves)
      expect(after.get(parameter)!.data, parameter).not.toEqual(start.get(parameter)!.data);
  },
);

it.each([
  ['AdamW, whose step is not along a slot', { optimizer: { name: 'adamw' } }, 'cpu' as const],
  ['a graphics card, where the state stays', {}, 'webgpu' as const],
])('leaves the move to the step: %s', async (_, patch, device) => {
  const config = parseConfig(mergeConfig(small, patch as ConfigPatch));
  const { moves, outputs } = await trainingProgram(config, { device }, 16);
  expect(moves).toEqual([]);
  expect(outputs.has(nextName('backbone.conv1.weight'))).toBe(true);
});
