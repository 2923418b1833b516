/** The report of where a step's nodes are computed, by the runtime's profile. */
import { expect, it } from 'vitest';
import { parseConfig } from '../../shared/config.ts';
import { stepPlacement } from '../../src-main/engine/index.ts';
import { summarize } from '../../src-main/engine/placement.ts';
import { tinyNetwork } from '../helpers/tiny.ts';

const node = (operator: string, provider: string, ts: number) => ({
  cat: 'Node',
  name: `${operator}_1_kernel_time`,
  ts,
  dur: 500,
  args: { op_name: operator, provider },
});
const run = (ts: number, dur: number) => ({ cat: 'Session', name: 'model_run', ts, dur });

it('names what falls back and what is copied for it, and leaves the first step out', () => {
  const web = 'WebGpuExecutionProvider';
  const events = [
    run(0, 9000),
    node('Conv', web, 10),
    node('Det', 'CPUExecutionProvider', 20),
    run(10_000, 4000),
    node('Conv', web, 10_010),
    node('Conv', web, 10_020),
    node('MemcpyToHost', web, 10_030),
    node('Det', 'CPUExecutionProvider', 10_040),
    { cat: 'Api', name: 'Conv_1&Conv&Transpose', ts: 10_050, dur: 1000 },
    { cat: 'Api', name: 'Conv_1&Conv&Conv2dMM', ts: 10_060, dur: 1500 },
    { cat: 'Api', name: 'Mul_1&Mul&Mul', ts: 10_070, dur: 500 },
    { cat: 'Api', name: 'Mul_2&Mul&Mul', ts: 20, dur: 9000 },
  ];
  const { operators, programs, fallback, step, kernels, host } = summarize(events, 'webgpu', 1);
  expect(operators).toContainEqual({ operator: 'Conv', provider: web, nodes: 2, milliseconds: 1 });
  expect(fallback.map((o) => [o.operator, o.nodes])).toEqual([
    ['MemcpyToHost', 1],
    ['Det', 1],
  ]);
  expect([step, kernels, host]).toEqual([4, 3, 2]);
  expect(programs.map((p) => [p.program, p.dispatches, p.milliseconds])).toEqual([
    ['Conv/Conv2dMM', 1, 1.5],
    ['Conv/Transpose', 1, 1],
    ['Mul', 1, 0.5],
  ]);
});

it('finds every node of a step on the processor where that is the device', { timeout: 120_000 }, async () => {
  const config = parseConfig({ ...tinyNetwork, imageSize: 16, batchSize: 4 });
  const { operators, fallback, kernels, step } = await stepPlacement(config, { device: 'cpu' });
  expect(fallback).toEqual([]);
  expect(kernels).toBeNull();
  expect(step).toBeGreaterThan(0);
  expect(operators.reduce((sum, o) => sum + o.nodes, 0)).toBeGreaterThan(500);
});
