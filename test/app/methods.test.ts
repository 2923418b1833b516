/**
 * Every method as a run: stopped in the middle and continued from what it saved, it ends as one left alone. All in one
 * process; a run in processes of its own is for trainer.test.ts.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Baselines } from '../../shared/baselines.ts';
import type { ConfigPatch } from '../../shared/config.ts';
import { readCheckpoint } from '../../src-main/trainer/checkpoint.ts';
import { finalState, makeWorkplace, newestCheckpoint, ofType, trainHere, trainJob } from './trainerHarness.ts';
import type { Workplace } from './trainerHarness.ts';

let place: Workplace;
/** What a run is compared with, of the first that measured it: as an application hands it on, and the same for each. */
let baselines: Baselines | null = null;
beforeAll(async () => {
  place = await makeWorkplace(40);
}, 60_000);
afterAll(() => place.remove());

const runs: Record<string, ConfigPatch> = {
  fastsiam: { method: 'fastsiam' },
  simclr: { method: 'simclr' },
  moco: { method: 'moco', moco: { queueSize: 40 } },
  byol: { method: 'byol' },
  swav: { method: 'swav', swav: { prototypes: 6 } },
  barlowtwins: { method: 'barlowtwins' },
  vicreg: { method: 'vicreg' },
  'moving average': { predictor: { kind: 'movingAverage' } },
  'alternation of an epoch': { innerSteps: 'epoch' },
  'two pairs of views': { symmetry: 'asymmetric2x' },
};

/** Two epochs of five steps, stopped in the second. */
const LENGTH = { epochs: 2, probe: { everyEpochs: 2 } };
const STOPPED_AFTER = 7;

describe('a stopped run continues to the same end', () => {
  it.each(Object.entries(runs))(
    '%s',
    async (name, patch) => {
      const stopped = trainJob(place, `${name}-stopped`, { ...patch, ...LENGTH }, { baselines });
      await trainHere(stopped, STOPPED_AFTER);
      const resumeFrom = await newestCheckpoint(stopped.directory);
      expect((await readCheckpoint(resumeFrom!)).facts).toMatchObject({ finished: false, step: STOPPED_AFTER });
      await trainHere({ ...stopped, resumeFrom });

      const alone = trainJob(place, `${name}-alone`, { ...patch, ...LENGTH }, { baselines });
      const [measured] = ofType(await trainHere(alone), 'baselines');
      baselines ??= measured!.baselines;
      const end = await finalState(alone.directory);
      expect(end.size).toBeGreaterThan(0);
      expect(await finalState(stopped.directory)).toEqual(end);
    },
    120_000,
  );
});
