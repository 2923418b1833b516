/**
 * What a training step of a ResNet-18 of any size takes on a device, by the clock and in processor time: where a device
 * is software, processor time is what compares on a busy machine. Views are there already.
 *
 *   node scripts/step-time.ts [--device webgpu] [--width 0.5] [--size 32] [--batch 16] [--precision float32] [--stem cifar]
 *     [--threads 0] [--steps 2] [--quick]
 *
 * `--quick` takes the step of the preset of this name in place of the sizes.
 */
import { parseArgs } from 'node:util';
import { parseConfig } from '../shared/config.ts';
import type { ConfigPatch } from '../shared/config.ts';
import { presetPatch } from '../shared/presets.ts';
import { DEVICES, initialState, TrainingSession } from '../src-main/engine/index.ts';

const { values } = parseArgs({
  options: {
    device: { type: 'string', default: 'webgpu' },
    width: { type: 'string', default: '0.5' },
    size: { type: 'string', default: '32' },
    batch: { type: 'string', default: '16' },
    precision: { type: 'string', default: 'float32' },
    stem: { type: 'string', default: 'cifar' },
    threads: { type: 'string', default: '0' },
    steps: { type: 'string', default: '2' },
    quick: { type: 'boolean', default: false },
  },
});
const device = DEVICES.find((name) => name === values.device);
const sizes: ConfigPatch = {
  backbone: { width: Number(values.width), stem: values.stem as 'cifar' },
  head: { layers: 2, hiddenDim: 512, outputDim: 512 },
  predictor: { hiddenDim: 128 },
  imageSize: Number(values.size),
  batchSize: Number(values.batch),
  precision: values.precision as 'float32',
};
const chosen = values.quick ? presetPatch('quick', { images: 2000, device: 'cpu' }) : sizes;
const config = parseConfig({ ...chosen, minutes: null, epochs: 1 });
const pixels = config.batchSize * 3 * config.imageSize ** 2;
const views = [0, 1].map((phase) => Float32Array.from({ length: pixels }, (_, i) => Math.sin(12.9898 * i + phase)));
const input = { views, learningRate: 1e-3, predictorLearningRate: 1e-3 };
const steps = Number(values.steps);

const session = await TrainingSession.create(config, initialState(config), { device, threads: Number(values.threads) });
await session.step(input); // compiles
const [processor, began] = [process.cpuUsage(), performance.now()];
const clocks: number[] = [];
for (let i = 0; i < steps; i++) {
  const from = performance.now();
  await session.advance(input);
  clocks.push((performance.now() - from) / 1000);
}
await session.settle();
const { user, system } = process.cpuUsage(processor);
const seconds = (milliseconds: number) => `${(milliseconds / 1000 / steps).toFixed(3)} s`;
console.log(
  `${values.device} ${config.precision}, ${config.imageSize} px, batch ${config.batchSize}, width ${config.backbone.width}: ${seconds((user + system) / 1000)} of processor time a step, ${seconds(performance.now() - began)} by the clock, the quickest ${Math.min(...clocks).toFixed(3)} s; peak ${Math.round(process.resourceUsage().maxRSS / 1000)} MB`,
);
process.exit(0);
