/** The report of where a step's time goes, on software Vulkan: by the device's clock, and no image is transposed. */
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../shared/config.ts';
import { stepPlacement } from '../../src-main/engine/index.ts';
import { useSoftwareVulkan } from '../helpers/vulkan.ts';
import { tinyNetwork } from '../helpers/tiny.ts';

describe.runIf(useSoftwareVulkan())('the report of a step on WebGPU', () => {
  it('names the programs that the device ran, and nothing computed elsewhere', { timeout: 300_000 }, async () => {
    const config = parseConfig({ ...tinyNetwork, imageSize: 16, batchSize: 4 });
    const { programs, operators, fallback, kernels, step, host } = await stepPlacement(config, { device: 'webgpu' });
    expect(fallback).toEqual([]);
    expect(programs[0]!.milliseconds).toBeGreaterThan(0);
    expect(programs.reduce((sum, p) => sum + p.milliseconds, 0)).toBeCloseTo(kernels!, 3);
    expect([step, host].every((ms) => ms > 0)).toBe(true);
    const times = (name: string) => programs.find((p) => p.program === name)?.dispatches ?? 0;
    expect(times('Conv/Conv2dMM')).toBeGreaterThan(5);
    // One for each filter gradient, two for each weight that is turned or laid out, and the heads': none around convolutions.
    const nodes = operators.find((o) => o.operator === 'Transpose')!.nodes;
    expect(nodes).toBeLessThan(2.5 * 20 + 6);
  });
});
