/**
 * Every study of the Lab as it is when it has ended, with seeds and a linear classifier, which make the widest table: each
 * number has its unit and its definition, and the table is seen whole in a usual window.
 */
import { expect, test } from '@playwright/test';
import { StudyId } from '../../shared/lab/studyId.ts';
import type { LabPlan } from '../../shared/contract.ts';
import type { Judgement } from '../../shared/verdict/judgement.ts';
import { homePaths } from '../../src-main/app/index.ts';
import { openStore } from '../../src-main/db/index.ts';
import type { CellRow } from '../../src-main/db/index.ts';
import { findings } from './axe.ts';
import { cutOff } from './cutOff.ts';
import { openAt, startHost, startRead } from './host.ts';
import type { RunningHost } from './host.ts';
import { seededHome } from './seed.ts';
import type { SeededHome } from './seed.ts';
import { undefinedNumbers } from './undefinedNumbers.ts';

const seeds = 2;
let seeded: SeededHome;
let host: RunningHost;

/** Of an arm that learned, of one whose outputs collapsed, and of one that failed, in turn. */
function cell(experimentId: string, armId: string, place: number, seed: number): CellRow {
  const kind = (['learned', 'collapsed', 'failed'] as const)[place % 3]!;
  const [knn, rank, zStd, loss] = kind === 'learned' ? [0.613, 41.2, 0.97, -0.812] : [0.127, 1.1, 0.004, -0.999];
  const untrained = { knn: 0.342, agreement: 0.41, quality: 0.712, rank: 23.4 };
  return {
    ...{ experimentId, place: seeds * place + seed, armId, seed, color: '#0072b2', retries: 0, seconds: 65 },
    ...{ ended: kind === 'failed' ? 'failed' : 'finished', linearError: null },
    runId: experimentId === 'of-stop-gradient' && place < 2 && seed === 0 ? ['one', 'two'][place]! : null,
    linear: kind === 'failed' ? null : knn! + seed / 50,
    error: kind === 'failed' ? { name: 'Error', code: 'diverged', message: 'the loss is not a number' } : null,
    figures:
      kind === 'failed'
        ? null
        : {
            ...{ epoch: 10, loss: loss!, knn: knn!, agreement: 0.5, quality: 0.8, rank: rank!, zStd: zStd! },
            ...{ verdict: kind === 'learned' ? 'healthy' : 'collapsed', untrained, free: 0.421 },
          },
  };
}

test.beforeAll(async () => {
  const judgement: Judgement = { verdict: 'collapsed', key: 'collapsed', sentence: '', values: {}, advice: [] };
  seeded = await seededHome({ one: { judgement }, two: { judgement } });
  host = await startRead(seeded.home);
  const plans: LabPlan[] = [];
  for (const study of StudyId.options)
    plans.push(await host.app.handle('lab.plan', { study, datasetId: 'd', minutes: 0.1, seeds, linear: true }));
  await host.close();
  const store = openStore(homePaths(seeded.home).database);
  for (const [i, study] of StudyId.options.entries()) {
    const plan = plans[i]!;
    store.lab.insert(
      {
        ...{ id: `of-${study}`, study, datasetId: 'd', state: 'finished', minutes: 0.1, seeds, linear: true, plan },
        ...{ createdAt: i, endedAt: 100 + i, reportFolder: null },
      },
      plan.arms.flatMap(({ armId }, place) => [0, 1].map((seed) => cell(`of-${study}`, armId, place, seed))),
    );
  }
  store.close();
  host = await startHost({ home: seeded.home });
});
test.afterAll(async () => {
  await host.close();
  seeded.remove();
});

test('each number of a finished study has its unit and definition, and its table is whole', async ({ page }) => {
  test.setTimeout(400_000);
  await openAt(page, host, '#/lab');
  for (const study of StudyId.options) {
    await page.goto(new URL(`#/lab/of-${study}`, page.url()).href);
    const results = page.getByRole('region', { name: /^Results/ });
    await expect(results.getByRole('row').nth(1)).toContainText('2 of 2 seeds');
    await page.waitForLoadState('networkidle');
    expect.soft({ study, undefined: await undefinedNumbers(page) }).toEqual({ study, undefined: [] });
    const beyond = await results.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
    expect.soft({ study, beyond }).toEqual({ study, beyond: 0 });
    expect.soft({ study, cutOff: await cutOff(page) }).toEqual({ study, cutOff: [] });
    expect.soft({ study, found: await findings(page) }).toEqual({ study, found: [] });
  }
});
