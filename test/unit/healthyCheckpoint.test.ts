/** Where a run that has gone wrong can go back to. */
import { expect, it } from 'vitest';
import { parseConfig } from '../../shared/config.ts';
import { judge } from '../../shared/verdict.ts';
import { RunDescriber } from '../../src-main/app/runs/describe.ts';
import { initialWeights } from '../../src-main/app/runs/plan.ts';
import type { AppContext } from '../../src-main/app/context.ts';
import { openStore } from '../../src-main/db/index.ts';
import { homePaths } from '../../src-main/app/index.ts';
import { epochMetrics, probeMetrics } from '../helpers/records.ts';

it('is the last checkpoint at which nothing spoke against it, and a new run can start from that one', () => {
  const store = openStore(':memory:');
  const context = { store, paths: homePaths('/home') } as AppContext;
  store.datasets.insert({ id: 'd', name: 'd', folder: '/d', addedAt: 1 });
  const config = parseConfig({});
  const facts = { name: 'r', color: '#000000', datasetId: 'd', preset: null, clonedFrom: null, epochs: 9, images: 9 };
  store.runs.insert({ id: 'r', state: 'finished', config, createdAt: 1, ...facts });
  const fallen = { std: { backbone: 0, projection: 0.001, prediction: 0.001 }, rank: { backbone: 1, projection: 1 } };
  const rows = [1, 2, 3, 4, 5, 6].map((epoch) =>
    epochMetrics(epoch, {
      knn: epoch < 4 ? 0.4 + epoch / 20 : 0.1,
      ...(epoch < 4 ? {} : { ...fallen, loss: -1, zStdTraining: 0.001 }),
    }),
  );
  for (const row of rows) store.metrics.putEpoch('r', row);
  const judgement = judge({ untrained: probeMetrics, history: rows, config });
  expect(judgement.verdict).toBe('collapsed');
  store.runs.update('r', { untrained: probeMetrics, judgement });
  const file = (epoch: number) => ({
    file: `step-${epoch}.safetensors`,
    epoch,
    step: 10 * epoch,
    bytes: 1,
    hasOptimizerState: true,
    kept: 'recent' as const,
    knn: null,
    agreement: null,
  });
  store.checkpoints.replace('r', [2, 3, 6].map(file), 1);
  const describer = new RunDescriber(context);
  const { healthyCheckpointId, checkpoints } = describer.whole(describer.row('r'));
  expect(checkpoints.find(({ id }) => id === healthyCheckpointId)?.epoch).toBe(3);
  const from = (init: string) => initialWeights(context, parseConfig({ backbone: { init } }));
  expect(from(`run:r@${healthyCheckpointId}`)).toBe(context.paths.checkpoint('r', 'step-3.safetensors'));
  expect(from('run:r')).toBe(context.paths.checkpoint('r', 'step-6.safetensors'));
  expect(from('run:r@gone')).toMatchObject({ key: 'cannot-start.no-checkpoint' });
  store.runs.update('r', { judgement: { ...judgement, verdict: 'healthy' } });
  expect(describer.whole(describer.row('r')).healthyCheckpointId).toBeNull();
});
