/** The compute process as a whole: a run from photos to checkpoints, pause, stop, extend, and what it refuses. */
import { copyFile, readdir, rename, stat, truncate, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entryBytes } from '../../shared/cachePlan.ts';
import type { JobImage } from '../../shared/contract/job.ts';
import type { Report } from '../../shared/contract/report.ts';
import { cacheBytes } from '../../src-main/images/index.ts';
import { checkpointDirectory, listCheckpoints, readCheckpoint } from '../../src-main/trainer/checkpoint.ts';
import { NonFiniteLossError } from '../../src-main/trainer/errors.ts';
import { finalState, makeWorkplace, newestCheckpoint, startTrainer, trainJob } from './trainerHarness.ts';
import type { Workplace } from './trainerHarness.ts';

type Of<T extends Report['type']> = Extract<Report, { type: T }>;
const all = <T extends Report['type']>(reports: Report[], type: T): Of<T>[] =>
  reports.filter((r): r is Of<T> => r.type === type);

let place: Workplace;
beforeAll(async () => {
  place = await makeWorkplace(72);
}, 60_000);
afterAll(() => place.remove());

describe('a cache of a tenth of the collection', () => {
  const patch = { probe: { images: 8 }, epochs: 2 };
  const tenth = (72 * entryBytes(16, 24, 24)) / 10;
  const little = (name: string) => ({ cacheDirectory: join(place.root, name), cacheBytes: tenth });

  it('trains to the same parameters where photos are decoded again, and says how they are kept', async () => {
    const ample = trainJob(place, 'ample', patch);
    const scarce = trainJob(place, 'scarce', { ...patch, copies: 'pixels' }, little('scarce cache'));
    for (const job of [ample, scarce]) {
      expect(await startTrainer(job).ended).toMatchObject({ type: 'done' });
      const { facts } = (await listCheckpoints(job.directory)).files[0]!;
      expect(facts.config.copies).toBe('pixels');
    }
    expect(await finalState(scarce.directory)).toEqual(await finalState(ample.directory));
    const probe = 8 * entryBytes(16, 24, 24);
    expect(cacheBytes(scarce.cacheDirectory)).toBeLessThan(tenth + probe + 82 * 250); // these are kept in any case; indexes
  }, 120_000);

  it('trains from WebP unless told otherwise, goes on with it where the disk has more, and leaves the figures alone', async () => {
    const job = trainJob(place, 'lossy', { ...patch, epochs: 40 }, little('lossy cache'));
    const first = startTrainer(job);
    await first.until((r) => r.type === 'steps');
    first.send({ type: 'stop', now: false });
    await first.exited;
    const [started] = all(first.reports, 'started');
    expect(started!.config.copies).toBe('webp');
    const [untrained] = all(first.reports, 'untrained');
    const ample = startTrainer(trainJob(place, 'lossless', { ...patch, epochs: 1 }));
    await ample.ended;
    expect(untrained).toEqual(all(ample.reports, 'untrained')[0]); // of photos that are pixels in both
    const resumeFrom = await newestCheckpoint(job.directory);
    const again = startTrainer({ ...job, config: started!.config, cacheBytes: 1e9, resumeFrom });
    await again.until((r) => r.type === 'steps');
    again.send({ type: 'stop', now: false });
    await again.exited;
    expect(all(again.reports, 'started')[0]).toMatchObject({ config: { copies: 'webp' }, notice: null });
  }, 120_000);
});

describe('a run whose photos have changed', () => {
  const last = async (name: string) => (await newestCheckpoint(trainJob(place, name).directory))!;

  it('goes on with one photo less, says so, and ends after as many epochs', async () => {
    const job = trainJob(place, 'less', { checkpoint: { minutes: 60 } });
    const first = startTrainer(job);
    await first.until((r) => r.type === 'steps' && r.steps.at(-1)!.step >= 10);
    first.send({ type: 'stop', now: false });
    expect(await first.ended).toMatchObject({ type: 'stopped', saved: true });
    await first.exited;
    const images = place.images.slice(1); // 71 photos, 8 steps an epoch instead of 9
    const trainer = startTrainer({ ...job, images, resumeFrom: await last('less') });
    expect(await trainer.ended).toMatchObject({ type: 'done', result: { epochs: 3 } });
    const [started] = all(trainer.reports, 'started');
    expect(started).toMatchObject({
      stepsPerEpoch: 8,
      notice: { code: 'photos-changed', values: { before: 72, now: 71 } },
    });
    expect(
      all(trainer.reports, 'epoch')
        .map((r) => r.metrics.epoch)
        .slice(-2),
    ).toEqual([2, 3]);
    const { facts } = await readCheckpoint((await listCheckpoints(job.directory)).files[0]!.path);
    expect(facts).toMatchObject({ epoch: 3, stepInEpoch: 0, finished: true, images: 71 });

    // and once more, exactly: the number is as it was
    const longer = startTrainer({ ...job, images, resumeFrom: await last('less'), extendBy: 1 });
    expect(await longer.ended).toMatchObject({ type: 'done', result: { epochs: 4 } });
    expect(all(longer.reports, 'started')).toMatchObject([{ stepsPerEpoch: 8, startEpoch: 3, notice: null }]);
  }, 300_000);

  it('says so where they are fewer than its batch', async () => {
    const job = { ...trainJob(place, 'less'), images: place.images.slice(0, 7), resumeFrom: await last('less') };
    expect(await startTrainer(job).ended).toMatchObject({
      type: 'failed',
      error: { code: 'too-few-photos', values: { before: 71, now: 7, batch: 8 } },
    });
  }, 300_000);

  it.each([
    [1, 'photos-gone'],
    [0.2, 'photos-gone'],
  ])(
    'does not begin on what is left of a folder when %d of it is gone',
    async (share, code) => {
      const away = await makeWorkplace(20);
      if (share === 1) await rename(join(away.root, 'photos'), join(away.root, 'elsewhere'));
      else for (const { path } of away.images.slice(0, 20 * share)) await unlink(path);
      expect(await startTrainer(trainJob(away, 'away')).ended).toMatchObject({ type: 'failed', error: { code } });
      await away.remove();
    },
    300_000,
  );
});

describe('a run', () => {
  it('reports the untrained network, every step and epoch, a verdict, and ends with a checkpoint that holds all state', async () => {
    const trainer = startTrainer(trainJob(place, 'whole'));
    expect(await trainer.ended).toMatchObject({ type: 'done', result: { kind: 'train', epochs: 3 } });
    const { reports } = trainer;
    const [started] = all(reports, 'started');
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

    const steps = all(reports, 'steps').flatMap((r) => r.steps);
    expect(steps.map((s) => s.step)).toEqual(Array.from({ length: 27 }, (_, i) => i + 1));
    expect(steps.every((s) => Number.isFinite(s.loss) && s.loss >= -1.0001 && s.loss <= 1)).toBe(true);
    const epochs = all(reports, 'epoch').map((r) => r.metrics);
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
    expect(all(reports, 'verdict')).toHaveLength(3);
    const { neighbours } = all(reports, 'strip')[0]!.queries[0]!;
    expect(neighbours).toHaveLength(6);
    // the nearest are closer than most pairs are, and the nearer of two than more of them
    const closer = neighbours.map((neighbour) => neighbour.closer!);
    expect(closer).toEqual(closer.toSorted((a, b) => b - a));
    expect(closer[0]).toBeGreaterThan(0.9);
    expect(closer[0]).toBeLessThanOrEqual(1);
    expect(all(reports, 'heartbeat').length).toBeGreaterThan(0);

    const { files } = await listCheckpoints(trainJob(place, 'whole').directory);
    expect(
      all(reports, 'checkpoints')
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
    const steps = all(trainer.reports, 'steps').flatMap((r) => r.steps);
    expect(steps.map((s) => s.step)).toEqual(Array.from({ length: 18 }, (_, i) => 28 + i));
    const peak = (job.config.optimizer.baseLearningRate * 8) / 256;
    expect(steps[0]!.learningRate).toBeCloseTo(peak / 2, 9);
    expect(steps.at(-1)!.learningRate).toBeLessThan(peak / 50);
    // The end that it went on from is still worth what it was, and can be the best.
    const [end] = all(trainer.reports, 'checkpoints')[0]!.files;
    expect(end).toMatchObject({ step: 27, knn: finished.knn, agreement: finished.agreement });
  }, 60_000);

  it('pauses with a checkpoint, goes on, saves on stop, and continues to the same end as a run left alone', async () => {
    const job = trainJob(place, 'paused');
    const trainer = startTrainer(job);
    await trainer.until((r) => r.type === 'steps');
    trainer.send({ type: 'pause' });
    await trainer.until((r) => r.type === 'paused');
    const counted = all(trainer.reports, 'steps').flatMap((r) => r.steps).length;
    expect((await listCheckpoints(job.directory)).files[0]!.facts.step).toBe(counted);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(all(trainer.reports, 'steps').flatMap((r) => r.steps)).toHaveLength(counted);
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
    const started = (await trainer.until((r) => r.type === 'started')) as Of<'started'>;
    expect(started.totalSteps).toBeGreaterThanOrEqual(10);
    expect(started.estimate.basis).toBe('measured');
    await trainer.until((r) => r.type === 'steps');
    trainer.send({ type: 'stop', now: false });
    expect(await trainer.ended).toEqual({ type: 'stopped', saved: true });
    await trainer.exited;
    const again = startTrainer({ ...job, resumeFrom: await newestCheckpoint(job.directory) });
    expect(((await again.until((r) => r.type === 'started')) as Of<'started'>).totalSteps).toBe(started.totalSteps);
    again.send({ type: 'stop', now: true });
    expect(await again.ended).toEqual({ type: 'stopped', saved: false });
    await again.exited;
  }, 60_000);
});

describe('what a run starts from', () => {
  it('never trains on held-out photos and classifies them by the others', async () => {
    const images = place.images.map((image, i) => ({ ...image, heldOut: i >= 56 }));
    const trainer = startTrainer({ ...trainJob(place, 'held-out', { epochs: 1 }), images });
    expect(await trainer.ended).toMatchObject({ type: 'done' });
    expect(all(trainer.reports, 'started')[0]).toMatchObject({ images: 56, stepsPerEpoch: 7 });
    const { knn } = all(trainer.reports, 'epoch')[0]!.metrics;
    expect((knn! * 16) % 1).toBeCloseTo(0, 9); // sixteen photos were asked
    for (const { queries } of all(trainer.reports, 'strip'))
      for (const { imageId } of queries) expect(images.find(({ id }) => id === imageId)!.heldOut).toBe(false);
  }, 60_000);

  it('takes the backbone of an earlier run as it is, and draws new heads', async () => {
    const first = startTrainer(trainJob(place, 'giver', { epochs: 1 }));
    expect(await first.ended).toMatchObject({ type: 'done' });
    const given = all(first.reports, 'epoch')[0]!.metrics;
    const weights = (await newestCheckpoint(trainJob(place, 'giver').directory))!;
    const second = startTrainer({ ...trainJob(place, 'taker', { epochs: 1 }), initialWeights: weights });
    const { metrics } = (await second.until((r) => r.type === 'untrained')) as Of<'untrained'>;
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

describe('refusals', () => {
  const failure = async (job: Parameters<typeof startTrainer>[0]) => {
    const end = await startTrainer(job).ended;
    expect(end).toMatchObject({ type: 'failed' });
    return (end as Of<'failed'>).error;
  };

  it('names the setting when the batch is larger than the collection', async () => {
    const error = await failure(trainJob(place, 'large', { batchSize: 128 }));
    expect(error).toMatchObject({ code: 'cannot-start', details: { setting: 'batchSize', suggestion: 16 } });
    expect(error.message).toContain('72 photos');
  }, 30_000);

  it('says so when there are no photos', async () => {
    expect(await failure({ ...trainJob(place, 'none'), images: [] })).toMatchObject({ code: 'no-images' });
  }, 30_000);

  it('stops at a loss that is not finite and keeps the last good checkpoint', async () => {
    const job = trainJob(place, 'nan', {
      batchSize: 16,
      optimizer: { baseLearningRate: 100, momentum: 0, weightDecay: 1 },
      epochs: 40,
    });
    // With a decay of 6.25 a step every weight grows fivefold and overflows within a hundred.
    const error = await failure(job);
    expect(error).toMatchObject({ code: 'non-finite-loss' });
    expect(error.message).toMatch(
      /step \d+ .*checkpoint of epoch .* kept.*baseLearningRate by a factor of 3.*warmupEpochs/,
    );
    const { state } = await readCheckpoint((await newestCheckpoint(job.directory))!);
    for (const { data } of state.values()) expect(data.every(Number.isFinite)).toBe(true);
  }, 60_000);

  it('says before training, and where a number becomes infinite, that photos are nearly empty', async () => {
    const images: JobImage[] = [];
    for (let i = 0; i < 8; i++) {
      const dot = await sharp({ create: { width: 2, height: 2, channels: 3, background: `hsl(${40 * i}, 80%, 50%)` } })
        .png()
        .toBuffer();
      const path = join(place.root, `empty${i}.png`);
      await sharp({ create: { width: 24, height: 24, channels: 3, background: '#000' } })
        .composite([{ input: dot, left: 2 + i, top: 3 }])
        .toFile(path);
      const { size: bytes, mtimeMs: modified } = await stat(path);
      images.push({ id: `empty-${i}`, path, file: `empty${i}.png`, bytes, modified, label: null, heldOut: false });
    }
    const trainer = startTrainer(trainJob(place, 'empty', { batchSize: 4, epochs: 1 }, { images }));
    expect(await trainer.ended).toMatchObject({ type: 'done' });
    expect(all(trainer.reports, 'started')[0]!.notice).toMatchObject({
      key: 'same-photos.even',
      values: { count: 8, of: 8 },
    });
    const facts = { step: 3, epoch: 1, learningRate: 0.01, what: 'the loss', checkpoint: null };
    const empty = new NonFiniteLossError(facts, { count: 8, of: 12 });
    expect(empty).toMatchObject({ code: 'non-finite-loss', key: 'non-finite-loss.even' });
    expect(empty.message).toMatch(/since 8 of 12 photos that were looked at are of one colour nearly everywhere/);
    expect(new NonFiniteLossError(facts, { count: 5, of: 12 }).key).toBe('non-finite-loss.unkept');
  }, 60_000);
});
