/** The prediction of memory against what a training process really takes at its peak (Linux tells). */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../shared/config.ts';
import { estimateMemory } from '../../src-main/engine/index.ts';

const configs = [
  {
    backbone: { width: 0.25, stem: 'cifar' },
    head: { layers: 2, hiddenDim: 512, outputDim: 512 },
    imageSize: 32,
    batchSize: 64,
  },
  {
    backbone: { width: 0.25, stem: 'imagenet' },
    head: { layers: 2, hiddenDim: 512, outputDim: 512 },
    imageSize: 128,
    batchSize: 32,
  },
  { backbone: { name: 'resnet50', width: 0.25, stem: 'imagenet' }, imageSize: 64, batchSize: 16 },
];

/** Peak resident bytes of a process of its own that takes two steps and copies its state for a checkpoint. */
function measure(input: object): number {
  const engine = new URL('../../src-main/engine/index.ts', import.meta.url).href;
  const config = new URL('../../shared/config.ts', import.meta.url).href;
  const script = `
    import { readFileSync } from 'node:fs';
    import { initialState, TrainingSession } from '${engine}';
    import { parseConfig } from '${config}';
    const config = parseConfig(${JSON.stringify(input)});
    const session = await TrainingSession.create(config, initialState(config), { threads: 2 });
    const count = config.batchSize * 3 * config.imageSize ** 2;
    const views = [1, 2].map((v) => Float32Array.from({ length: count }, (_, i) => Math.sin(i * v)));
    for (let i = 0; i < 2; i++) await session.step({ views, learningRate: 0.01, predictorLearningRate: 0.01 });
    await session.readState();
    process.stdout.write(/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
  `;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', script], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout) * 1024;
}

describe.runIf(process.platform === 'linux')('estimateMemory', () => {
  it.each(configs)('is within 10 % of the measured peak: %j', { timeout: 300_000 }, (input) => {
    // the greatest of three: how much lives at one time differs by some percent with what the threads happen to overlap
    const peak = Math.max(measure(input), measure(input), measure(input));
    const ratio = estimateMemory(parseConfig(input)) / peak;
    expect(ratio).toBeGreaterThan(0.9);
    expect(ratio).toBeLessThan(1.1);
  });

  it('grows with the batch', () => {
    const [small, large] = [16, 32].map((batchSize) => estimateMemory(parseConfig({ ...configs[0], batchSize })));
    expect(large! - small!).toBeGreaterThan(10e6);
  });
});
