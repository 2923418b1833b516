/** A run whose photos do not fit the cache, have changed or are gone; what is refused. */
import { rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entryBytes } from '../../shared/cachePlan.ts';
import type { JobImage } from '../../shared/contract/job.ts';
import { cacheBytes } from '../../src-main/images/index.ts';
import { listCheckpoints, readCheckpoint } from '../../src-main/trainer/checkpoint.ts';
import { NonFiniteLossError } from '../../src-main/trainer/errors.ts';
import { finalState, makeWorkplace, newestCheckpoint, ofType, startHere, trainJob } from './trainerHarness.ts';
import type { ReportOf, Workplace } from './trainerHarness.ts';

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
      expect(await startHere(job).ended).toMatchObject({ type: 'done' });
      const { facts } = (await listCheckpoints(job.directory)).files[0]!;
      expect(facts.config.copies).toBe('pixels');
    }
    expect(await finalState(scarce.directory)).toEqual(await finalState(ample.directory));
    const probe = (8 + 72 / 2) * entryBytes(16, 24, 24); // photos of figures, and half for the last readout
    expect(cacheBytes(scarce.cacheDirectory)).toBeLessThan(tenth + probe + 82 * 250); // these are kept in any case; indexes
  }, 120_000);

  it('trains from WebP unless told otherwise, goes on with it where the disk has more, and leaves the figures alone', async () => {
    const job = trainJob(place, 'lossy', { ...patch, epochs: 40 }, little('lossy cache'));
    const first = startHere(job);
    await first.until((r) => r.type === 'steps');
    first.send({ type: 'stop', now: false });
    await first.exited;
    const [started] = ofType(first.reports, 'started');
    expect(started!.config.copies).toBe('webp');
    const [untrained] = ofType(first.reports, 'untrained');
    const ample = startHere(trainJob(place, 'lossless', { ...patch, epochs: 1 }));
    await ample.ended;
    expect(untrained).toEqual(ofType(ample.reports, 'untrained')[0]); // of photos that are pixels in both
    const resumeFrom = await newestCheckpoint(job.directory);
    const again = startHere({ ...job, config: started!.config, cacheBytes: 1e9, resumeFrom });
    await again.until((r) => r.type === 'steps');
    again.send({ type: 'stop', now: false });
    await again.exited;
    expect(ofType(again.reports, 'started')[0]).toMatchObject({ config: { copies: 'webp' }, notice: null });
  }, 120_000);
});

describe('a run whose photos have changed', () => {
  const last = async (name: string) => (await newestCheckpoint(trainJob(place, name).directory))!;

  it('goes on with one photo less, says so, and ends after as many epochs', async () => {
    const job = trainJob(place, 'less', { checkpoint: { minutes: 60 } });
    const first = startHere(job);
    await first.until((r) => r.type === 'steps' && r.steps.at(-1)!.step >= 10);
    first.send({ type: 'stop', now: false });
    expect(await first.ended).toMatchObject({ type: 'stopped', saved: true });
    await first.exited;
    const images = place.images.slice(1); // 71 photos, 8 steps an epoch instead of 9
    const trainer = startHere({ ...job, images, resumeFrom: await last('less') });
    expect(await trainer.ended).toMatchObject({ type: 'done', result: { epochs: 3 } });
    const [started] = ofType(trainer.reports, 'started');
    expect(started).toMatchObject({
      stepsPerEpoch: 8,
      notice: { code: 'photos-changed', values: { before: 72, now: 71 } },
    });
    expect(
      ofType(trainer.reports, 'epoch')
        .map((r) => r.metrics.epoch)
        .slice(-2),
    ).toEqual([2, 3]);
    const { facts } = await readCheckpoint((await listCheckpoints(job.directory)).files[0]!.path);
    expect(facts).toMatchObject({ epoch: 3, stepInEpoch: 0, finished: true, images: 71 });

    // and once more, exactly: the number is as it was
    const longer = startHere({ ...job, images, resumeFrom: await last('less'), extendBy: 1 });
    expect(await longer.ended).toMatchObject({ type: 'done', result: { epochs: 4 } });
    expect(ofType(longer.reports, 'started')).toMatchObject([{ stepsPerEpoch: 8, startEpoch: 3, notice: null }]);
  }, 300_000);

  it('says so where they are fewer than its batch', async () => {
    const job = { ...trainJob(place, 'less'), images: place.images.slice(0, 7), resumeFrom: await last('less') };
    expect(await startHere(job).ended).toMatchObject({
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
      expect(await startHere(trainJob(away, 'away')).ended).toMatchObject({ type: 'failed', error: { code } });
      await away.remove();
    },
    300_000,
  );
});

describe('refusals', () => {
  const failure = async (job: Parameters<typeof startHere>[0]) => {
    const end = await startHere(job).ended;
    expect(end).toMatchObject({ type: 'failed' });
    return (end as ReportOf<'failed'>).error;
  };

  it('names the setting when the batch is larger than the collection', async () => {
    const error = await failure(trainJob(place, 'large', { batchSize: 128 }));
    expect(error).toMatchObject({ code: 'cannot-start', details: { setting: 'batchSize', suggestion: 16 } });
    expect(error.message).toContain('72 photos');
  }, 30_000);

  it('says so when there are no photos', async () => {
    expect(await failure({ ...trainJob(place, 'none'), images: [] })).toMatchObject({ code: 'no-images' });
  }, 30_000);

  it('says what became of photos that only reading them shows to be none', async () => {
    const dot = join(place.root, 'dot.png');
    await sharp({ create: { width: 2, height: 1, channels: 3, background: 'red' } }).toFile(dot);
    const images = place.images.slice(0, 9).map((image, i) => (i < 5 ? image : { ...image, path: dot }));
    const error = await failure({ ...trainJob(place, 'dots'), images });
    expect(error.code).toBe('no-images');
    expect(error.message).toMatch(
      /^5 photos can be trained on, and 4 files cannot be used: 4 × 2 × 1 pixels are too few.*, as with \S+, or give a folder/,
    );
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
    const trainer = startHere(trainJob(place, 'empty', { batchSize: 4, epochs: 1 }, { images }));
    expect(await trainer.ended).toMatchObject({ type: 'done' });
    expect(ofType(trainer.reports, 'started')[0]!.notice).toMatchObject({
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
