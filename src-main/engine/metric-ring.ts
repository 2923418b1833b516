/**
 * The metrics of the last steps, kept on the device: reading a number from a graphics card waits for all that it was
 * given to compute, so they are read for several steps at once. A step puts its row in front and drops the oldest.
 */
import type { Tensor } from './graph.ts';
import { add, concat, reshape, slice } from './ops/index.ts';
import { nextName, squaredGradientName } from './training-graph.ts';
import type { TrainingGraph } from './training-graph.ts';

/** Steps whose metrics are kept. */
export const RING_STEPS = 8;
export const RING = 'metrics';
/** Numbers of a row: loss, zStd, squared length of the gradient, and the loss scale (loss-scale.ts). */
export const RING_COLUMNS = 4;

/** What a step measured, as the ring holds it. */
export interface RingRow {
  loss: number;
  zStd: number;
  squaredGradient: number;
  lossScale: number;
}

/** The outputs of a step with the ring in place of its single metrics. */
export function withMetricRing({ outputs }: TrainingGraph): Map<string, Tensor> {
  const isMetric = (name: string) => !name.startsWith(nextName(''));
  const squares = [...outputs].filter(([name]) => name.startsWith(squaredGradientName(''))).map(([, tensor]) => tensor);
  const loss = outputs.get('loss')!;
  const { graph } = loss;
  const cell = (tensor: Tensor) => reshape(tensor, [1, 1]);
  const row = [
    loss,
    outputs.get('zStd')!,
    squares.length > 0 ? squares.reduce(add) : graph.constant(0),
    outputs.get('lossScale') ?? graph.constant(1),
  ];
  const ring = graph.input(RING, [RING_STEPS, RING_COLUMNS]);
  const next = concat([concat(row.map(cell), 1), slice(ring, 0, 0, RING_STEPS - 1)]);
  return new Map([...[...outputs].filter(([name]) => !isMetric(name)), [nextName(RING), next]]);
}

/** The newest `count` rows of a ring, oldest first. */
export function readRing(ring: Float32Array, count: number): RingRow[] {
  return Array.from({ length: count }, (_, i) => {
    const at = (count - 1 - i) * RING_COLUMNS;
    const column = (c: number) => ring[at + c]!;
    return { loss: column(0), zStd: column(1), squaredGradient: column(2), lossScale: column(3) };
  });
}
