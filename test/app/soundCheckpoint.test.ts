/**
 * Checkpoints without checksums that say or hold what cannot be: named with their file, never computed with, and passed
 * over for the one before.
 */
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../shared/contract/report.ts';
import { listCheckpoints, readCheckpoint, writeCheckpointFile } from '../../src-main/trainer/checkpoint.ts';
import { editMetadata } from '../helpers/homes.ts';
import { copyOfWhole, makeWorkplace, newestCheckpoint, startHere, trainJob } from './trainerHarness.ts';
import type { Workplace } from './trainerHarness.ts';

let place: Workplace;
beforeAll(async () => {
  place = await makeWorkplace(24);
  expect(await startHere(trainJob(place, 'whole')).ended).toMatchObject({ type: 'done' });
}, 120_000);
afterAll(() => place.remove());

const copyOf = (name: string) => copyOfWhole(place, name);

const withoutSums = (path: string) => editMetadata(path, (metadata) => delete metadata['checksums']);

/** The shape of a tensor, as its file says it, with two axes changed about. */
function turn(path: string, tensor: string): void {
  withoutSums(path);
  const bytes = readFileSync(path);
  const text = bytes.toString('latin1');
  const at = text.indexOf('"shape":[', text.indexOf(`"${tensor}"`)) + '"shape":['.length;
  const end = text.indexOf(']', at);
  const [a, b, ...rest] = text.slice(at, end).split(',');
  bytes.write([b, a, ...rest].join(','), at, 'latin1');
  writeFileSync(path, bytes);
}

async function negate(path: string, tensor: string): Promise<void> {
  const { state, facts } = await readCheckpoint(path);
  state.get(tensor)!.data[0] = -1;
  await writeCheckpointFile(path, state, facts);
}

const changeFacts = (path: string, was: RegExp, now: string) =>
  editMetadata(path, (metadata) => {
    const facts = metadata['facts']!.replace(was, now);
    expect(facts).not.toBe(metadata['facts']);
    metadata['facts'] = facts;
    delete metadata['checksums'];
  });

const wrongs: [string, (path: string) => void | Promise<void>, RegExp][] = [
  ['a tensor of another shape', (path) => turn(path, 'backbone.conv1.weight'), /backbone\.conv1\.weight in it is 3 × 8 × 3 × 3, where its settings ask for 8 × 3 × 3 × 3/], // prettier-ignore
  ['a negative variance', (path) => negate(path, 'backbone.bn1.running_var'), /a variance in backbone\.bn1\.running_var is negative/], // prettier-ignore
];
const wrongsOfTraining: typeof wrongs = [
  ...wrongs,
  ['state of the optimizer of another shape', (path) => turn(path, 'optimizer.momentum.backbone.conv1.weight'), /optimizer\.momentum\.backbone\.conv1\.weight in it is/], // prettier-ignore
  ['epochs of absurdly many steps', (path) => changeFacts(path, /"stepsPerEpoch":3/, '"stepsPerEpoch":1000000000000000'), /schedule\.stepsPerEpoch makes no sense/], // prettier-ignore
  ['a negative length', (path) => changeFacts(path, /"steps":9/, '"steps":-9'), /schedule\.segments\.0\.steps makes no sense/], // prettier-ignore
  ['a step behind its end', (path) => changeFacts(path, /"step":9/, '"step":900000'), /what it says of step makes no sense/], // prettier-ignore
];

describe('a checkpoint with', () => {
  it.each(wrongs)('%s gives no vectors, and is named', async (name, spoil, says) => {
    const { newest, job } = await copyOf(`embed ${name}`);
    await spoil(newest);
    const { cacheDirectory, cacheBytes, images } = place;
    const embed = {
      kind: 'embed',
      checkpoint: newest,
      config: job.config,
      cacheDirectory,
      cacheBytes,
      images,
    } as const;
    const end = await startHere({ ...embed, output: join(place.root, 'out.npy') }).ended;
    const { type, error } = end as Extract<Report, { type: 'failed' }>;
    expect([type, error.key]).toEqual(['failed', 'bad-checkpoint.unusable']);
    expect(error.message).toMatch(/^the checkpoint step-000000009\.safetensors cannot be used: /);
    expect(error.message).toMatch(says);
  });

  it.each(wrongsOfTraining)('%s is not gone on from: the one before is', async (name, spoil) => {
    const { newest, job, folder } = await copyOf(`train ${name}`);
    await spoil(newest);
    const trainer = startHere({ ...job, resumeFrom: newest });
    expect(await trainer.ended).toMatchObject({ type: 'done' });
    const started = trainer.reports.find((r): r is Extract<Report, { type: 'started' }> => r.type === 'started');
    expect(started).toMatchObject({ startStep: 6, notice: { key: 'bad-checkpoint.went-back' } });
    expect(readdirSync(folder)).toContain('step-000000009.safetensors.damaged');
  });

  it.each(wrongsOfTraining)('%s is named where it is the last, and stays where it is', async (name, spoil, says) => {
    const { newest, job, folder } = await copyOf(`last ${name}`);
    for (const { path } of (await listCheckpoints(job.directory)).files) if (path !== newest) rmSync(path);
    await spoil(newest);
    const { type, error } = (await startHere({ ...job, resumeFrom: newest }).ended) as Extract<
      Report,
      { type: 'failed' }
    >;
    expect([type, error.key]).toEqual(['failed', 'bad-checkpoint.unusable']);
    expect(error.message).toMatch(says);
    expect(readdirSync(folder)).toEqual(['step-000000009.safetensors']);
  });
});

it('an extension of a run whose last checkpoint is gone trains to that end again, and says so', async () => {
  const { newest, job } = await copyOf('extended');
  rmSync(newest);
  const trainer = startHere({ ...job, resumeFrom: (await newestCheckpoint(job.directory))!, extendBy: 1 });
  expect(await trainer.ended).toMatchObject({ type: 'done' });
  const started = trainer.reports.find((r): r is Extract<Report, { type: 'started' }> => r.type === 'started');
  expect(started).toMatchObject({ startStep: 6, totalSteps: 9, notice: { key: 'bad-checkpoint.end-gone' } });
  expect((await readCheckpoint((await newestCheckpoint(job.directory))!)).facts).toMatchObject({
    step: 9,
    finished: true,
  });
});
