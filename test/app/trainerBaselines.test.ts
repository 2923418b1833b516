/** What a run is compared with, measured by the trainer before the first verdict. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freeNames } from '../../shared/baselines.ts';
import type { Report } from '../../shared/contract/report.ts';
import { makeWorkplace, startHere, trainJob } from './trainerHarness.ts';
import type { Workplace } from './trainerHarness.ts';

let place: Workplace;
beforeAll(async () => {
  place = await makeWorkplace(72);
}, 60_000);
afterAll(() => place.remove());

/** What a run was told that it is compared with. */
const told = (reports: readonly Report[]) => reports.find((report) => report.type === 'baselines')!.baselines;
const started = (reports: readonly Report[]) => reports.find((report) => report.type === 'started')!;
const lastVerdict = (reports: readonly Report[]) => reports.findLast((report) => report.type === 'verdict')!.judgement;

describe('baselines of a run', () => {
  it('are told after its first step, before its first verdict, and stand in that', async () => {
    const trainer = startHere(trainJob(place, 'labelled', { epochs: 1, probe: { k: 5 } }));
    expect(await trainer.ended).toMatchObject({ type: 'done' });
    const kinds = trainer.reports.map(({ type }) => type);
    expect(started(trainer.reports).baselines).toBeNull();
    expect(kinds.indexOf('baselines')).toBeGreaterThan(kinds.indexOf('steps'));
    expect(kinds.indexOf('baselines')).toBeLessThan(kinds.indexOf('epoch'));
    const baselines = told(trainer.reports);
    const untrained = trainer.reports.find((report) => report.type === 'untrained')!;
    expect(baselines).toMatchObject({ measure: 'knn', untrained: untrained.metrics.knn, start: untrained.metrics.knn });
    // Classes of the workplace differ in colour and shape: what costs nothing tells them apart.
    for (const name of freeNames) expect(baselines![name]).toBeGreaterThan(0.5);
    expect(lastVerdict(trainer.reports).worth).toMatchObject({ measure: 'knn' });
  });

  it('go by neighbour agreement where the photos have no labels', async () => {
    const images = place.images.map((image) => ({ ...image, label: null }));
    const trainer = startHere(trainJob(place, 'unlabelled', { epochs: 1 }, { images }));
    expect(await trainer.ended).toMatchObject({ type: 'done' });
    const baselines = told(trainer.reports);
    expect(baselines!.measure).toBe('agreement');
    for (const name of freeNames) {
      expect(baselines![name]).toBeGreaterThanOrEqual(0);
      expect(baselines![name]).toBeLessThanOrEqual(1);
    }
    expect(lastVerdict(trainer.reports).worth).toMatchObject({ measure: 'agreement' });
  });

  it('are those of random weights of the same seed in a run that begins with given ones', async () => {
    const unlabelled = place.images.map((image) => ({ ...image, label: null }));
    for (const [name, images] of Object.entries({ labels: place.images, none: unlabelled })) {
      const patch = { epochs: 1, probe: { k: 5 } };
      const first = startHere(trainJob(place, `${name}-random`, patch, { images }));
      const end = await first.ended;
      const initialWeights = end?.type === 'done' && end.result.kind === 'train' ? end.result.checkpoint : null;
      const given = { ...patch, backbone: { init: 'known.safetensors' } };
      const second = startHere(trainJob(place, `${name}-given`, given, { images, initialWeights }));
      expect(await second.ended).toMatchObject({ type: 'done' });
      const baselines = told(second.reports)!;
      expect(baselines).toMatchObject({ untrained: told(first.reports)!.untrained });
      const start = second.reports.find((report) => report.type === 'untrained')!.metrics;
      expect(baselines.start).toBe(start[baselines.measure]);
    }
  });

  it('say before training that all photos are one picture', async () => {
    const [first] = place.images;
    const images = place.images.slice(0, 40).map((image) => ({ ...image, path: first!.path, file: first!.file }));
    const trainer = startHere(trainJob(place, 'one-picture', { epochs: 1 }, { images }));
    expect(await trainer.ended).toMatchObject({
      type: 'failed',
      error: { code: 'same-photos', key: 'same-photos.all', values: { count: 40, of: 40 } },
    });
    expect(trainer.reports.filter(({ type }) => type === 'started' || type === 'steps')).toEqual([]);
  });

  it('stop a run that makes its start worse, and keep the start as the best there is', async () => {
    const images = place.images.map((image) => ({ ...image, label: null }));
    // A start that no network of a few steps keeps up with.
    const baselines = { measure: 'agreement', pixels: 0.1, whitened: 0.1, hog: 0.1, untrained: 0.1, start: 1 } as const;
    const job = trainJob(place, 'careless', { epochs: 12, optimizer: { baseLearningRate: 20 } }, { images, baselines });
    const trainer = startHere(job);
    expect(await trainer.ended).toMatchObject({ type: 'stopped' });
    expect(lastVerdict(trainer.reports).verdict).toBe('worseThanStart');
    const rows = trainer.reports.filter((report) => report.type === 'epoch');
    expect(rows.at(-1)!.metrics.step).toBeLessThan(60);
    // The first checkpoint knows what the start is worth, so it is the best; of the row that lost it none is written.
    const saved = trainer.reports.filter((report) => report.type === 'checkpoints').map(({ files }) => files);
    const untrained = trainer.reports.find((report) => report.type === 'untrained')!;
    expect(saved[0]).toMatchObject([{ step: 0, agreement: untrained.metrics.agreement }]);
    expect(Math.max(...saved.flat().map(({ step }) => step))).toBeLessThan(rows.at(-1)!.metrics.step);
  });

  it('are asked for early in a run from given weights, where an epoch is longer than a tenth of it', async () => {
    const steps = async (init: string) => {
      const patch = { epochs: 4, probe: { everyEpochs: 4 }, backbone: { init } };
      const trainer = startHere(trainJob(place, `from-${init}`, patch));
      expect(await trainer.ended).toMatchObject({ type: 'done' });
      return trainer.reports.flatMap((report) => (report.type === 'epoch' ? [report.metrics.step] : []));
    };
    expect([await steps('known.pth'), await steps('random')]).toEqual([[30, 36], [36]]);
  });

  it('are taken as they were measured where the job knows them', async () => {
    const baselines = { measure: 'knn', pixels: 0.1, whitened: 0.2, hog: 0.3, untrained: 0.4, start: 0.4 } as const;
    const trainer = startHere(trainJob(place, 'known', { epochs: 1 }, { baselines }));
    expect(await trainer.ended).toMatchObject({ type: 'done' });
    expect(started(trainer.reports).baselines).toEqual(baselines);
  });
});
