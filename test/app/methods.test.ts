/** Every method as a run of the compute process: stopped in the middle and continued, it ends as one left alone. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConfigPatch } from '../../shared/config.ts';
import { finalState, makeWorkplace, newestCheckpoint, startTrainer, trainJob } from './trainerHarness.ts';
import type { Workplace } from './trainerHarness.ts';

let place: Workplace;
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

describe('a stopped run continues to the same end', () => {
  it.each(Object.entries(runs))(
    '%s',
    async (name, patch) => {
      const stopped = trainJob(place, `${name}-stopped`, { ...patch, epochs: 16, probe: { everyEpochs: 16 } });
      const first = startTrainer(stopped);
      await first.until((r) => r.type === 'steps');
      first.send({ type: 'stop', now: false });
      expect(await first.ended).toEqual({ type: 'stopped', saved: true });
      await first.exited;
      const second = startTrainer({ ...stopped, resumeFrom: await newestCheckpoint(stopped.directory) });
      expect(await second.ended).toMatchObject({ type: 'done' });
      await second.exited;

      const alone = trainJob(place, `${name}-alone`, { ...patch, epochs: 16, probe: { everyEpochs: 16 } });
      const only = startTrainer(alone);
      expect(await only.ended).toMatchObject({ type: 'done' });
      await only.exited;
      const end = await finalState(alone.directory);
      expect(end.size).toBeGreaterThan(0);
      expect(await finalState(stopped.directory)).toEqual(end);
    },
    120_000,
  );
});
