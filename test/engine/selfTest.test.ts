/**
 * The self-test's verdict on devices that compute as real ones do: products of ten bits (TF32, which ONNX Runtime's CUDA
 * provider uses from NVIDIA's Ampere on), rounded or cut off, pass; one wrong tensor of any kind does not.
 */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, it } from 'vitest';
import type { RunConfig } from '../../shared/config.ts';
import { createTraining } from '../../src-main/engine/index.ts';
import type { State, StepInput, Training } from '../../src-main/engine/index.ts';
import { OnnxLowering } from '../../src-main/engine/onnx/lowering.ts';
import { encodeModel, elementType } from '../../src-main/engine/onnx/schema.ts';
import type { OnnxNode } from '../../src-main/engine/onnx/schema.ts';
import { trainingGraph } from '../../src-main/engine/training-graph.ts';
import { sleeping } from '../../src-main/engine/session.ts';
import type { Backend } from '../../src-main/trainer/backend.ts';
import { Control } from '../../src-main/trainer/control.ts';
import { selfTest, worstDifference } from '../../src-main/trainer/selfTest.ts';

const products = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul']);

/** Operands of 11 significant bits: x is split (Dekker 1971) as the hardware rounds it, or loses the rest of a smaller split. */
function operands(node: OnnxNode, i: number, cut: boolean): OnnxNode[] {
  if (!products.has(node.opType)) return [node];
  const made = node.inputs.slice(0, 2).flatMap((x, j): OnnxNode[] => {
    const [large, rest, out] = ['large', 'rest', 'out'].map((name) => `tf32.${i}.${j}.${name}`) as [
      string,
      string,
      string,
    ];
    const op = (opType: string, inputs: string[], output: string): OnnxNode => ({
      opType,
      inputs,
      outputs: [output],
      attributes: {},
    });
    // Cutting off: towards zero by half of the last bit first, then rounding.
    const from = cut ? [op('Mul', [x, 'tf32.lower'], `${out}.lower`)] : [];
    const y = cut ? `${out}.lower` : x;
    return [...from, op('Mul', [y, 'tf32.split'], large), op('Sub', [large, y], rest), op('Sub', [large, rest], out)];
  });
  const rounded = node.inputs.map((x, j) => (j < 2 ? `tf32.${i}.${j}.out` : x));
  return [...made, { ...node, inputs: rounded }];
}

/** One step, as a device with ten-bit products does it; what it has not computed it does not have. */
async function tf32(config: RunConfig, state: State, cut: boolean): Promise<Training> {
  const { entries, outputs } = trainingGraph(config);
  const program = new OnnxLowering({ images: 'plain', graphics: true }).program('tf32', outputs);
  const constant = (name: string, value: number) => ({
    name,
    type: elementType.float,
    shape: [],
    bytes: new Uint8Array(Float32Array.of(value).buffer),
  });
  const model = encodeModel({
    ...program,
    nodes: program.nodes.flatMap((node, i) => operands(node, i, cut)),
    initializers: [...program.initializers, constant('tf32.split', 2 ** 13 + 1), constant('tf32.lower', 1 - 2 ** -12)],
  });
  // Optimised, the split would be simplified away.
  const session = await InferenceSession.create(model, {
    graphOptimizationLevel: 'disabled',
    logSeverityLevel: 3,
    extra: sleeping(),
  });
  let after = state;
  const step = async ({ views, learningRate }: StepInput) => {
    const feeds = Object.fromEntries(
      session.inputNames.map((name) => {
        const view = /^view(\d+)$/.exec(name);
        if (view)
          return [
            name,
            new Tensor('float32', (views as Float32Array[])[Number(view[1]) - 1]!, [
              config.batchSize,
              3,
              config.imageSize,
              config.imageSize,
            ]),
          ];
        if (name.endsWith('earningRate')) return [name, new Tensor('float32', Float32Array.of(learningRate), [])];
        const { shape } = entries.find((entry) => entry.name === name)!;
        return [
          name,
          new Tensor('float32', state.get(name)?.data ?? new Float32Array(shape.reduce((a, b) => a * b, 1)), [
            ...shape,
          ]),
        ];
      }),
    );
    const results = await session.run(feeds);
    after = new Map(
      entries.map(({ name, shape }) => [
        name,
        { shape: [...shape], data: (results[`next.${name}`]?.data ?? feeds[name]!.data) as Float32Array },
      ]),
    );
    return { loss: 0, zStd: 1, gradientNorm: 0, lossScale: 1 };
  };
  return {
    step,
    advance: async (input) => [await step(input)],
    settle: async () => [],
    readState: async () => after,
    writeState: () => {},
    wholeState: (given) => given,
    close: () => session.release(),
  };
}

const isSmall = ({ batchSize }: RunConfig) => batchSize === 8;
const idle: Training = {
  step: async () => ({ loss: 0, zStd: 1, gradientNorm: 0, lossScale: 1 }),
  advance: async () => [],
  settle: async () => [],
  readState: async () => new Map(),
  writeState: () => {},
  wholeState: (given) => given,
  close: async () => {},
};

/** What the self-test says of a card that computes so. The larger network, by which it is timed, is not computed. */
function verdict(card: (config: RunConfig, state: State) => Promise<Training>) {
  const backend: Backend = {
    training: (config, state, settings) =>
      settings.device === 'cpu'
        ? createTraining(config, state, settings)
        : isSmall(config)
          ? card(config, state)
          : Promise.resolve(idle),
    encoder: () => expect.unreachable(),
    views: () => expect.unreachable(),
    computesHalf: async () => false,
    patience: { first: 600, least: 120, factor: 20 },
  };
  return selfTest(
    { kind: 'selfTest', device: 'cuda' },
    { control: new Control(), backend, watch: () => {}, report: () => {}, later: () => {} },
  );
}

it.each([
  ['rounded', false],
  ['cut off', true],
])('passes ten-bit products, %s', { timeout: 120_000 }, async (_how, cut) => {
  const result = await verdict((config, state) => tf32(config, state, cut));
  expect(result.passed).toBe(true);
  expect(result.difference).toBeGreaterThan(1e-3);
  expect(result.difference).toBeLessThan(0.25); // half of what is allowed
});

it(
  'reports sums in another order as what they are, and refuses one wrong tensor, whichever',
  { timeout: 120_000 },
  async () => {
    let before: State = new Map();
    let own: State = new Map();
    const card =
      (change: (state: State) => State) =>
      async (config: RunConfig, state: State): Promise<Training> => {
        before = state;
        const session = await createTraining(config, state, { images: 'plain' });
        return {
          ...idle,
          step: (input) => session.step(input),
          readState: async () => change((own = await session.readState())),
          close: () => session.close(),
        };
      };
    const right = await verdict(card((state) => state));
    expect(right.passed).toBe(true);
    expect(right.difference).toBeLessThan(3e-4);

    const reference = own;
    for (const [name, { shape, data }] of reference) {
      const still = name === 'predictor.1.running_mean'; // behind a layer of mean zero: its error is counted by the deviation
      const wrong = data.map((x, i) => (still ? x + 1 : 2 * x - (before.get(name)?.data[i] ?? 0)));
      const { difference, tensor } = worstDifference(
        before,
        reference,
        new Map([...reference, [name, { shape, data: wrong }]]),
      );
      expect([tensor, difference > 0.75], name).toEqual([name, true]);
    }
    const doubled = 'backbone.layer3.0.conv1.weight';
    const wrong = await verdict(
      card(
        (state) =>
          new Map([
            ...state,
            [
              doubled,
              {
                ...state.get(doubled)!,
                data: state.get(doubled)!.data.map((x, i) => 2 * x - before.get(doubled)!.data[i]!),
              },
            ],
          ]),
      ),
    );
    expect(wrong).toMatchObject({ passed: false, tensor: doubled });
  },
);
