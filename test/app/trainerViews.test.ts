/** A run whose views a device makes learns from the same views as one whose views the processor's workers make. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Report } from '../../shared/contract/report.ts';
import { makeWorkplace, startTrainer, trainJob } from './trainerHarness.ts';
import type { Workplace } from './trainerHarness.ts';

let place: Workplace;
beforeAll(async () => {
  place = await makeWorkplace(32);
}, 60_000);
afterAll(() => place.remove());

const lossesOf = (reports: readonly Report[]): number[] =>
  reports.flatMap((r) => (r.type === 'steps' ? r.steps.map((s) => s.loss) : []));

it('takes the same steps', { timeout: 240_000 }, async () => {
  const losses: Record<string, number[]> = {};
  for (const viewsBy of ['processor', 'device'] as const) {
    const trainer = startTrainer(trainJob(place, viewsBy, { epochs: 1, viewsBy, augment: { blur: 0.5 } }));
    expect(await trainer.ended).toMatchObject({ type: 'done' });
    losses[viewsBy] = lossesOf(trainer.reports);
  }
  expect(losses['device']).toHaveLength(4);
  // Views differ by their rounding; other views, in another order or of another draw, would be 1e-2 apart at the first step.
  expect(Math.abs(losses['device']![0]! - losses['processor']![0]!)).toBeLessThan(1e-4);
  losses['processor']!.forEach((loss, i) =>
    expect(Math.abs(losses['device']![i]! - loss), `step ${i + 1}`).toBeLessThan(5e-3),
  );
});
