/** What is tried of the runtime's blocked operators before a training is left to them. */
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../shared/config.ts';
import { agrees, blockedProbe, channelBlock } from '../../src-main/engine/channel-block.ts';
import type { Tensor } from '../../src-main/engine/graph.ts';
import { DOMAIN } from '../../src-main/engine/onnx/layouts/pixels/blocked.ts';
import { OnnxLowering } from '../../src-main/engine/onnx/lowering.ts';
import { trainingGraph } from '../../src-main/engine/training-graph.ts';

/** The blocked operators that compute these outputs, each with what selects its kernel. */
function blockedOperators(outputs: ReadonlyMap<string, Tensor>): string[] {
  const { nodes } = new OnnxLowering({ images: 'pixels', channelBlock: 16 }).program('test', outputs);
  const found = nodes
    .filter(({ domain }) => domain === DOMAIN)
    .map(({ opType, inputs, attributes: { activation, group } }) =>
      [opType, inputs.length, JSON.stringify(activation ?? ''), Number(group ?? 1) > 1].join(' '),
    );
  return [...new Set(found)].sort();
}

describe('the probe of blocked operators', () => {
  it('holds every one that a step of one block of channels takes', () => {
    const config = parseConfig({ backbone: { width: 0.25, stem: 'cifar' }, imageSize: 32, batchSize: 32 });
    const step = blockedOperators(trainingGraph(config, { stacked: true }).outputs);
    expect(step.length).toBeGreaterThan(4);
    expect(blockedOperators(blockedProbe(16).outputs)).toEqual(expect.arrayContaining(step));
  });

  it('agrees with what others compute, as far as there are any here', async () => {
    const block = await channelBlock();
    expect(await agrees(block === 0 ? 16 : block)).toBe(block > 0);
  });

  it('does not agree of a block that the processor has not', async () => {
    expect(await agrees((await channelBlock()) === 8 ? 16 : 8)).toBe(false);
  });
});
