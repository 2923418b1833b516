/** Flipped bits in our own files: named, healed where that can be, never trained on. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../shared/contract/report.ts';
import { parseHead } from '../../shared/safetensors.ts';
import { createApp } from '../../src-main/app/index.ts';
import { readNpy, writeNpyRows } from '../../src-main/export/index.ts';
import { checkNpy } from '../../src-main/files/index.ts';
import { listCheckpoints, readCheckpoint, readNewest, writeCheckpointFile } from '../../src-main/trainer/checkpoint.ts';
import { editMetadata, unpackHome } from '../helpers/homes.ts';
import { copyOfWhole, finalState, makeWorkplace, startTrainer, trainJob } from './trainerHarness.ts';
import type { Workplace } from './trainerHarness.ts';

let place: Workplace;
beforeAll(async () => {
  place = await makeWorkplace(24);
  const end = await startTrainer(trainJob(place, 'whole')).ended;
  expect(end, JSON.stringify(end)).toMatchObject({ type: 'done' });
}, 120_000);
afterAll(() => place.remove());

const copyOf = (name: string) => copyOfWhole(place, name);

/** Flips the lowest bit of one byte in the midst of a tensor: a number that looks as good as any. */
function flip(path: string, tensor: string): void {
  const bytes = readFileSync(path);
  const { entries, start } = parseHead(bytes, bytes.length);
  const { begin, end } = entries.find(({ name }) => name === tensor)!;
  const at = start + begin + 4 * Math.floor((end - begin) / 8);
  bytes[at] = bytes[at]! ^ 1;
  writeFileSync(path, bytes);
}

describe('a checkpoint', () => {
  it('with one flipped bit is refused, and the tensor named', async () => {
    const { newest } = await copyOf('flipped');
    flip(newest, 'backbone.conv1.weight');
    await expect(readCheckpoint(newest)).rejects.toMatchObject({
      key: 'bad-checkpoint.damaged',
      message: expect.stringContaining('backbone.conv1.weight') as string,
    });
  });

  it('whose facts or names were changed is refused too', async () => {
    const { newest } = await copyOf('facts');
    editMetadata(newest, (metadata) => (metadata['facts'] = metadata['facts']!.replace('"step":9', '"step":8')));
    await expect(readCheckpoint(newest)).rejects.toMatchObject({ key: 'bad-checkpoint.damaged' });
  });

  it.each([
    ['"step":9', '"step":-9', 'step'],
    ['"imageSize":', '"imageSize":9', 'imageSize'],
    ['"method":"', '"method":"x', 'method'],
  ])('whose facts say what cannot be (%s as %s) is refused in words', async (was, now, names) => {
    const { newest } = await copyOf(`facts-${names}`);
    editMetadata(newest, (metadata) => {
      metadata['facts'] = metadata['facts']!.replace(was, now);
      delete metadata['checksums'];
    });
    const message = expect.stringMatching(
      new RegExp(`^the checkpoint .* cannot be used: what it says of ${names} makes no sense\\. Choose another one$`),
    ) as string;
    await expect(readCheckpoint(newest)).rejects.toMatchObject({ key: 'bad-checkpoint.unusable', message });
  });

  it('of a version without checksums opens', async () => {
    const { newest } = await copyOf('older');
    editMetadata(newest, (metadata) => delete metadata['checksums']);
    expect((await readCheckpoint(newest)).facts.step).toBe(9);
  });

  it('that is damaged is set aside: the run goes on from the one before, says so, and ends as it would have', async () => {
    const { job, folder, newest } = await copyOf('resumed');
    flip(newest, 'backbone.layer4.1.conv2.weight');
    const trainer = startTrainer({ ...job, resumeFrom: newest });
    expect(await trainer.ended).toMatchObject({ type: 'done' });
    const notes = trainer.reports.flatMap((r) => (r.type === 'progress' ? [r.message] : []));
    expect(notes).toContainEqual(
      expect.stringMatching(/step-000000009\.safetensors was damaged and is set aside: training goes on from step 6/),
    );
    const started = trainer.reports.find((r): r is Extract<Report, { type: 'started' }> => r.type === 'started');
    expect(started!.startStep).toBe(6);
    expect(readdirSync(folder)).toContain('step-000000009.safetensors.damaged');
    expect(await finalState(job.directory)).toEqual(await finalState(trainJob(place, 'whole').directory));
  }, 120_000);

  it('whose head makes no sense any more is passed over as well', async () => {
    const { folder, newest } = await copyOf('head');
    const bytes = readFileSync(newest);
    const at = bytes.indexOf('"F32"');
    bytes[at + 1] = bytes[at + 1]! ^ 1;
    writeFileSync(newest, bytes);
    await expect(readCheckpoint(newest)).rejects.toMatchObject({ key: 'bad-checkpoint.unusable' });
    const found = await readNewest(dirname(folder), newest);
    expect(found).toMatchObject({ facts: { step: 6 }, damaged: ['step-000000009.safetensors'] });
    expect(readdirSync(folder)).toContain('step-000000009.safetensors.damaged');
  });

  it('that holds NaN under a right checksum is not gone on from, and the tensor is blamed, not the learning rate', async () => {
    const { job, newest } = await copyOf('nan');
    const { state, facts } = await readCheckpoint(newest);
    state.get('backbone.layer1.0.conv1.weight')!.data[3] = NaN;
    await writeCheckpointFile(newest, state, facts);
    const { type, error } = (await startTrainer({ ...job, resumeFrom: newest }).ended) as Extract<
      Report,
      { type: 'failed' }
    >;
    expect({ type, key: error.key, names: error.message }).toEqual({
      type: 'failed',
      key: 'not-finite.parameter',
      names: expect.stringContaining('backbone.layer1.0.conv1.weight') as string,
    });
  }, 60_000);

  it('of which none is whole ends the run with the damage, not with a remark on the learning rate', async () => {
    const { job, newest } = await copyOf('none');
    const { files } = await listCheckpoints(job.directory);
    for (const { path, hasOptimizerState } of files) if (hasOptimizerState) flip(path, 'backbone.conv1.weight');
    expect(await startTrainer({ ...job, resumeFrom: newest }).ended).toMatchObject({
      type: 'failed',
      error: { code: 'bad-checkpoint' },
    });
  }, 60_000);
});

describe('an embedding', () => {
  const rows = Float32Array.from({ length: 3000 }, (_, i) => Math.sin(i));

  it('ends with a checksum that other readers of npy pass over', async () => {
    const path = join(place.root, 'sealed.npy');
    await writeNpyRows(path, 300, 10, [rows.subarray(0, 1500), rows.subarray(1500)], { sealed: true });
    await checkNpy(path);
    expect(await readNpy(path)).toEqual({ shape: [300, 10], data: rows });
    for (const at of [3, 200, 128 + 4 * 3000 - 1]) {
      const bytes = readFileSync(path);
      bytes[at] = bytes[at]! ^ 4;
      writeFileSync(join(place.root, 'flipped.npy'), bytes);
      await expect(checkNpy(join(place.root, 'flipped.npy'))).rejects.toMatchObject({ key: 'bad-file.damaged' });
    }
  });

  it('of a version without a checksum opens', async () => {
    const path = join(place.root, 'plain.npy');
    await writeNpyRows(path, 300, 10, [rows]);
    await checkNpy(path);
  });

  it('that is damaged is named, forgotten, and made again when it is asked for', async () => {
    const old = unpackHome('0.1.0');
    const app = await createApp({ home: old.home, host: { kind: 'cli', version: '0' }, checkResults: true });
    try {
      const { id: runId } = (await app.handle('runs.list', null)).find((run) => run.name === 'Finished')!;
      const embed = () => app.handle('explore.embed', { runId, checkpointId: null, datasetId: null });
      const made = async () => {
        const { id } = await embed();
        await expect
          .poll(async () => (await app.handle('tasks.list', null)).find((task) => task.id === id)?.state, {
            timeout: 120_000,
          })
          .toBe('done');
        return (await app.handle('explore.sets', { runId }))[0]!.id;
      };
      const [first] = await app.handle('explore.sets', { runId });
      const folder = join(old.home, 'runs', runId, 'embeddings');
      const list = readFileSync(join(folder, `${first!.id}.json`));
      expect(list.toString()).toMatch(/^\["/); // without a checksum
      list[list.lastIndexOf('"') - 1]! ^= 1; // another photo's id, or nobody's
      writeFileSync(join(folder, `${first!.id}.json`), list);
      const ask = (embeddingSetId: string) => app.handle('explore.map', { embeddingSetId, layout: 'pca' });
      await expect(ask(first!.id)).rejects.toMatchObject({ key: 'not-available.embedding' });
      const second = await made();
      const bytes = readFileSync(join(folder, `${second}.npy`));
      bytes[500] = bytes[500]! ^ 1;
      writeFileSync(join(folder, `${second}.npy`), bytes);
      await expect(ask(second)).rejects.toMatchObject({ key: 'not-available.embedding' });
      expect(await app.handle('explore.sets', { runId })).toEqual([]);
      expect((await ask(await made())).classes).toEqual(['discs', 'rings', 'stripes']);

      // who needs the numbers themselves makes them again, and says so
      const { images } = (await app.handle('explore.sets', { runId }))[0]!;
      const current = async () => join(folder, `${(await app.handle('explore.sets', { runId }))[0]!.id}.npy`);
      const whole = readFileSync(await current());
      const flipped = Uint8Array.from(whole);
      flipped[Math.floor(whole.length / 2)]! ^= 1;
      const evaluated = () => app.handle('evaluate.start', { runId, checkpointId: null, kind: 'knn', k: 1 });
      const exported = () =>
        app.handle('exports.start', { runId, checkpointId: null, formats: ['npy'], folder: join(old.root, 'npy') });
      for (const begin of [evaluated, exported]) {
        writeFileSync(await current(), flipped);
        const { id } = await begin();
        const ended = async () => (await app.handle('tasks.list', null)).find((task) => task.id === id);
        await expect.poll(async () => (await ended())?.state, { timeout: 120_000 }).toBe('done');
        expect((await ended())!.notice).toMatchObject({ key: 'doing.embedding-again' });
        await checkNpy(await current());
      }
      const { shape } = await readNpy(join(old.root, 'npy', 'embeddings.npy'));
      expect(shape[0]).toBe(images);
    } finally {
      await app.close();
      old.remove();
    }
  }, 300_000);
});
