/** The compute process as a whole: a run from photos to checkpoints, pause, stop, extend, what it starts from, files that are cut off. */
import { copyFile, readdir, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../shared/contract/report.ts';
import { checkpointDirectory, listCheckpoints, readCheckpoint } from '../../src-main/trainer/checkpoint.ts';
import { finalState, makeWorkplace, newestCheckpoint, ofType, startTrainer, trainJob } from './trainerHarness.ts';
import type { ReportOf, Workplace } from './trainerHarness.ts';

let place: Workplace;
beforeAll(async () => {
  place = await makeWorkplace(72);
}, 60_000);
afterAll(() => place.remove());

describe('a run', () => {
  it('reports the untrained network, every step and epoch, a verdict, and ends with a checkpoint that holds all state', async () => {
    const trainer = startTrainer(trainJob(place, 'whole'));
    expect(await trainer.ended).toMatchObject({ type: 'done', result: { kind: 'train', epochs: 3 } });
    const { reports } = trainer;
    const [started] = ofType(reports, 'started');
    expect(started).toMatchObject({
      device: 'cpu',
      images: 72,
      stepsPerEpoch: 9,
      totalSteps: 27,
      startStep: 0,
      skipped: [],
    });
    expect(reports.findIndex((r) => r.type === 'untrained')).toBeGreaterThan(
      reports.findIndex((r) => r.type === 'started'),
    );
    expect(reports.findIndex((r) => r.type === 'untrained')).toBeLessThan(reports.findIndex((r) => r.type === 'epoch'));

    const steps = ofType(reports, 'steps').flatMap((r) => r.steps);
    expect(steps.map((s) => s.step)).toEqual(Array.from({ length: 27 }, (_, i) => i + 1));
    expect(steps.every((s) => Number.isFinite(s.loss) && s.loss >= -1.0001 && s.loss <= 1)).toBe(true);
    const epochs = ofType(reports, 'epoch').map((r) => r.metrics);
    expect(epochs.map((e) => [e.epoch, e.step])).toEqual([
      [1, 9],
      [2, 18],
      [3, 27],
    ]);
    for (const [i, e] of epochs.entries()) {
      const own = steps.slice(9 * i, 9 * i + 9).map((s) => s.loss);
      expect(e.loss).toBeCloseTo(own.reduce((a, b) => a + b) / 9, 9);
      expect(e.lossMin).toBe(Math.min(...own));
      for (const x of [...Object.values(e.std), ...Object.values(e.rank), e.knn!, e.agreement, e.imagesPerSecond])
        expect(Number.isFinite(x)).toBe(true);
    }
    expect(ofType(reports, 'verdict')).toHaveLength(3);
    const { neighbours } = ofType(reports, 'strip')[0]!.queries[0]!;
    expect(neighbours).toHaveLength(6);
    // the nearest are closer than most pairs are, and the nearer of two than more of them
    const closer = neighbours.map((neighbour) => neighbour.closer!);
    expect(closer).toEqual(closer.toSorted((a, b) => b - a));
    expect(closer[0]).toBeGreaterThan(0.9);
    expect(closer[0]).toBeLessThanOrEqual(1);
    expect(ofType(reports, 'heartbeat').length).toBeGreaterThan(0);

    const { files } = await listCheckpoints(trainJob(place, 'whole').directory);
    expect(
      ofType(reports, 'checkpoints')
        .at(-1)!
        .files.map((f) => f.file),
    ).toEqual(files.map((f) => f.path));
    const { state, facts } = await readCheckpoint(files[0]!.path);
    expect(facts).toMatchObject({ step: 27, epoch: 3, stepInEpoch: 0, finished: true, knn: epochs[2]!.knn });
    for (const name of [
      'backbone.conv1.weight',
      'optimizer.momentum.backbone.conv1.weight',
      'backbone.bn1.running_mean',
      'readout.weight',
    ])
      expect(state.has(name)).toBe(true);
  }, 60_000);

  it('adds epochs to a finished run from half the peak rate', async () => {
    const job = trainJob(place, 'whole');
    const resumeFrom = (await newestCheckpoint(job.directory))!;
    const { facts: finished } = await readCheckpoint(resumeFrom);
    const trainer = startTrainer({ ...job, resumeFrom, extendBy: 2 });
    expect(await trainer.ended).toMatchObject({ type: 'done', result: { epochs: 5 } });
    const steps = ofType(trainer.reports, 'steps').flatMap((r) => r.steps);
    expect(steps.map((s) => s.step)).toEqual(Array.from({ length: 18 }, (_, i) => 28 + i));
    const peak = (job.config.optimizer.baseLearningRate * 8) / 256;
    expect(steps[0]!.learningRate).toBeCloseTo(peak / 2, 9);
    expect(steps.at(-1)!.learningRate).toBeLessThan(peak / 50);
    // The end that it went on from is still worth what it was, and can be the best.
    const [end] = ofType(trainer.reports, 'checkpoints')[0]!.files;
    expect(end).toMatchObject({ step: 27, knn: finished.knn, agreement: finished.agreement });
  }, 60_000);

  it('pauses with a checkpoint, goes on, saves on stop, and continues to the same end as a run left alone', async () => {
    const job = trainJob(place, 'paused');
    const trainer = startTrainer(job);
    await trainer.until((r) => r.type === 'steps');
    trainer.send({ type: 'pause' });
    await trainer.until((r) => r.type === 'paused');
    const counted = ofType(trainer.reports, 'steps').flatMap((r) => r.steps).length;
    expect((await listCheckpoints(job.directory)).files[0]!.facts.step).toBe(counted);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(ofType(trainer.reports, 'steps').flatMap((r) => r.steps)).toHaveLength(counted);
    trainer.send({ type: 'resume' });
    await trainer.until((r) => r.type === 'resumed');
    await trainer.until((r) => r.type === 'steps' && r.steps[0]!.step > counted);
    trainer.send({ type: 'stop', now: false });
    expect(await trainer.ended).toEqual({ type: 'stopped', saved: true });
    await trainer.exited;

    const again = startTrainer({ ...job, resumeFrom: await newestCheckpoint(job.directory) });
    expect(await again.ended).toMatchObject({ type: 'done' });
    await again.exited;
    const alone = trainJob(place, 'alone');
    expect(await startTrainer(alone).ended).toMatchObject({ type: 'done' });
    expect(await finalState(job.directory)).toEqual(await finalState(alone.directory));
  }, 90_000);

  it('saves and ends when its parent goes away', async () => {
    const job = trainJob(place, 'orphan', { epochs: 400 });
    const trainer = startTrainer(job);
    await trainer.until((r) => r.type === 'steps');
    trainer.disconnect();
    await trainer.exited;
    expect((await listCheckpoints(job.directory)).files[0]!.facts.step).toBeGreaterThan(0);
  }, 60_000);

  it('fits its steps to a budget and keeps them after a stop', async () => {
    const job = trainJob(place, 'budget', { epochs: null, minutes: 0.1 });
    const trainer = startTrainer(job);
    const started = (await trainer.until((r) => r.type === 'started')) as ReportOf<'started'>;
    expect(started.totalSteps).toBeGreaterThanOrEqual(10);
    expect(started.estimate.basis).toBe('measured');
    await trainer.until((r) => r.type === 'steps');
    trainer.send({ type: 'stop', now: false });
    expect(await trainer.ended).toEqual({ type: 'stopped', saved: true });
    await trainer.exited;
    const again = startTrainer({ ...job, resumeFrom: await newestCheckpoint(job.directory) });
    expect(((await again.until((r) => r.type === 'started')) as ReportOf<'started'>).totalSteps).toBe(
      started.totalSteps,
    );
    again.send({ type: 'stop', now: true });
    expect(await again.ended).toEqual({ type: 'stopped', saved: false });
    await again.exited;
  }, 60_000);
});

it('begins with the steps that it timed for its budget, which come out the same when it begins again', async () => {
  const twice = place.images.map((image) => ({ ...image, id: `${image.id} again` }));
  const images = [...place.images, ...twice]; // so that an epoch is longer than what is timed
  const job = { ...trainJob(place, 'timed', { epochs: null, minutes: 0.2, batchSize: 4 }), images };
  const lossesOf = (reports: readonly Report[]) =>
    ofType(reports, 'steps').flatMap(({ steps }) => steps.map(({ loss }) => loss));
  const first = startTrainer(job);
  await first.until((r) => r.type === 'steps' && r.steps.at(-1)!.step > 3);
  first.kill();
  await first.exited;
  const { files } = await listCheckpoints(job.directory);
  const resumeFrom = files.find(({ facts }) => facts.step === 0)!.path;
  const { facts } = await readCheckpoint(resumeFrom);
  const timed = facts.schedule.timed!;
  const told = lossesOf(first.reports).slice(0, timed);
  expect(told).toHaveLength(timed);
  expect(new Set(told).size).toBe(timed);
  const again = startTrainer({ ...job, resumeFrom });
  await again.until((r) => r.type === 'steps' && r.steps.at(-1)!.step >= timed);
  again.kill();
  await again.exited;
  expect(ofType(again.reports, 'started')[0]).toMatchObject({ startStep: 0 });
  expect(lossesOf(again.reports).slice(0, timed)).toEqual(told);
}, 60_000);

describe('what a run starts from', () => {
  it('never trains on held-out photos and classifies them by the others', async () => {
    const images = place.images.map((image, i) => ({ ...image, heldOut: i >= 56 }));
    const trainer = startTrainer({ ...trainJob(place, 'held-out', { epochs: 1 }), images });
    expect(await trainer.ended).toMatchObject({ type: 'done' });
    expect(ofType(trainer.reports, 'started')[0]).toMatchObject({ images: 56, stepsPerEpoch: 7 });
    const { knn } = ofType(trainer.reports, 'epoch')[0]!.metrics;
    expect((knn! * 16) % 1).toBeCloseTo(0, 9); // sixteen photos were asked
    for (const { queries } of ofType(trainer.reports, 'strip'))
      for (const { imageId } of queries) expect(images.find(({ id }) => id === imageId)!.heldOut).toBe(false);
  }, 60_000);

  it('takes the backbone of an earlier run as it is, and draws new heads', async () => {
    const first = startTrainer(trainJob(place, 'giver', { epochs: 1 }));
    expect(await first.ended).toMatchObject({ type: 'done' });
    const given = ofType(first.reports, 'epoch')[0]!.metrics;
    const weights = (await newestCheckpoint(trainJob(place, 'giver').directory))!;
    const second = startTrainer({ ...trainJob(place, 'taker', { epochs: 1 }), initialWeights: weights });
    const { metrics } = (await second.until((r) => r.type === 'untrained')) as ReportOf<'untrained'>;
    expect(metrics.rank.backbone).toBeCloseTo(given.rank.backbone, 4);
    expect(metrics.knn).toBe(given.knn);
    expect(metrics.rank.projection).not.toBeCloseTo(given.rank.projection, 4);
    second.kill();
    await second.exited;
  }, 60_000);
});

describe('checkpoints on disk', () => {
  it('passes over files that are cut off, empty or foreign', async () => {
    const { directory } = trainJob(place, 'alone');
    const whole = (await newestCheckpoint(directory))!;
    const folder = checkpointDirectory(directory);
    const { size } = await stat(whole);
    const cut = join(folder, 'step-000000900.safetensors');
    await copyFile(whole, cut);
    await truncate(cut, size - 1);
    await writeFile(join(folder, 'step-000000901.safetensors'), '');
    await writeFile(join(folder, 'step-000000902.safetensors'), 'not a checkpoint at all');
    expect(await newestCheckpoint(directory)).toBe(whole);
    expect((await listCheckpoints(directory)).invalid.sort()).toEqual([
      'step-000000900.safetensors',
      'step-000000901.safetensors',
      'step-000000902.safetensors',
    ]);
    await expect(readCheckpoint(cut)).rejects.toMatchObject({ code: 'bad-checkpoint' });
    expect((await readdir(folder)).filter((name) => name.includes('tmp'))).toEqual([]);
  });
});
