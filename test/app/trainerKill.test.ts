/**
 * A run whose process is killed again and again, some of the times while a checkpoint is being written, ends with bit
 * for bit the parameters of a run left alone. scripts/kill-test.ts does the same through the command line, 20 times.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EpochMetrics } from '../../shared/metricRows.ts';
import { finalState, makeWorkplace, newestCheckpoint, startTrainer, trainJob } from './trainerHarness.ts';
import type { Workplace } from './trainerHarness.ts';

const KILLS = 4;
/** A checkpoint after every step, so that a kill often falls into one. */
const settings = { epochs: 5, checkpoint: { minutes: 1e-6 } };

let place: Workplace;
beforeAll(async () => {
  place = await makeWorkplace(48);
}, 60_000);
afterAll(() => place.remove());

it('ends with the same state and the same history, however often it is killed', async () => {
  const alone = startTrainer(trainJob(place, 'alone', settings));
  expect(await alone.ended).toMatchObject({ type: 'done' });
  await alone.exited;

  const job = trainJob(place, 'killed', settings);
  const rows = new Map<number, EpochMetrics>();
  let reached = 0;
  for (let kill = 0; kill <= KILLS; kill++) {
    const resumeFrom = await newestCheckpoint(job.directory);
    const trainer = startTrainer({ ...job, resumeFrom, history: [...rows.values()] });
    if (kill < KILLS) {
      // After a few more steps than the last time, at some moment of one.
      const goal = reached + 3 + kill;
      await trainer.until((r) => r.type === 'steps' && r.steps.at(-1)!.step >= goal);
      await new Promise((resolve) => setTimeout(resolve, (kill * 37) % 60));
      trainer.kill();
      await trainer.exited;
    } else expect(await trainer.ended).toMatchObject({ type: 'done' });
    for (const report of trainer.reports) {
      if (report.type === 'started') for (const step of rows.keys()) if (step > report.startStep) rows.delete(step);
      if (report.type === 'steps') reached = report.steps.at(-1)!.step;
      if (report.type === 'epoch') rows.set(report.metrics.step, report.metrics);
    }
  }

  const expected = await finalState(trainJob(place, 'alone').directory);
  const found = await finalState(job.directory);
  expect(found).toEqual(expected);

  const computed = ({ loss, lossMin, lossMax, zStdTraining, std, rank, knn, agreement, step }: EpochMetrics) => ({
    loss,
    lossMin,
    lossMax,
    zStdTraining,
    std,
    rank,
    knn,
    agreement,
    step,
  });
  const uninterrupted = alone.reports.flatMap((r) => (r.type === 'epoch' ? [computed(r.metrics)] : []));
  expect([...rows.values()].sort((a, b) => a.step - b.step).map(computed)).toEqual(uninterrupted);
}, 300_000); // five processes begin, beside whatever else is tested
