/** A damaged checkpoint under what reads it: the one before it is used and that is said, unless a person named it. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RunConfig } from '../../shared/config.ts';
import { ContractError } from '../../shared/contract.ts';
import { wireError } from '../../shared/errors.ts';
import { reason } from '../../shared/reason.ts';
import { lineOf } from '../../shared/sentences.ts';
import type { Reason } from '../../shared/contract.ts';
import { chooseCheckpoint, withWhole } from '../../src-main/app/checkpoints.ts';
import type { AppContext } from '../../src-main/app/context.ts';
import { homePaths } from '../../src-main/app/home.ts';
import { Leases } from '../../src-main/app/leases.ts';
import { openStore } from '../../src-main/db/index.ts';
import { testFolder } from '../helpers/folders.ts';

let home: string;
let context: AppContext;
beforeEach(() => {
  home = testFolder('damaged');
  const [paths, store, leases] = [homePaths(home), openStore(join(home, 'lookalike.db')), new Leases()];
  store.datasets.insert({ id: 'd', name: 'Photos', folder: '/photos', addedAt: 1 });
  const config = RunConfig.parse({});
  const row = { color: '#000', state: 'finished', datasetId: 'd', preset: null, config, clonedFrom: null } as const;
  store.runs.insert({ ...row, id: 'r', name: 'Run', createdAt: 1, epochs: 3, images: 9 });
  mkdirSync(paths.checkpoints('r'), { recursive: true });
  const files = [1, 2, 3].map((epoch) => {
    writeFileSync(paths.checkpoint('r', `step-${epoch}.safetensors`), String(epoch));
    const file = `step-${epoch}.safetensors`;
    return {
      file,
      epoch,
      step: epoch,
      bytes: 1,
      hasOptimizerState: true,
      kept: 'recent',
      knn: null,
      agreement: null,
    } as const;
  });
  store.checkpoints.replace('r', files, 1);
  context = { store, paths, leases } as unknown as AppContext;
});
afterEach(() => {
  context.store.close();
});

/** As the compute process says it, of the second name under which it read the file. */
const damage = (key: 'damaged' | 'unusable') =>
  new ContractError(
    wireError(
      'TrainerError',
      key === 'damaged'
        ? reason('bad-checkpoint.damaged', { file: '0a1b.safetensors', part: 'backbone.conv1.weight' })
        : reason('bad-checkpoint.unusable', { file: 'held', detail: 'it is cut off' }),
      null,
    ),
  );

const tried: string[] = [];
const said: Reason[] = [];
const run = (asked: string | null, whole: number) => {
  tried.splice(0);
  said.splice(0);
  const chosen = chooseCheckpoint(context, 'r', asked);
  return withWhole(context, chosen, asked !== null, { notice: (of) => said.push(of) }, async ({ checkpoint }) => {
    tried.push(checkpoint.file);
    if (checkpoint.epoch > whole) throw damage(checkpoint.epoch === 3 ? 'damaged' : 'unusable');
    return checkpoint.epoch;
  });
};

test('the latest is passed over for the one before, until one is whole, and each time that is said', async () => {
  expect(await run(null, 1)).toBe(1);
  expect(tried).toEqual(['step-3.safetensors', 'step-2.safetensors', 'step-1.safetensors']);
  expect(said.map((of) => lineOf(of, 'en'))).toEqual([
    'The checkpoint step-3.safetensors is damaged: that of epoch 2 is used, check the disk',
    'The checkpoint step-2.safetensors is damaged: that of epoch 1 is used, check the disk',
  ]);
  expect(lineOf(said[0]!, 'zh-CN')).toMatch(/检查点 step-3\.safetensors 已损坏/);
  expect(context.leases.isHeld('run', 'r')).toBe(false);
});

test('one that a person named is an error with its own name, and so is the last that there is', async () => {
  const [, , latest] = context.store.checkpoints.ofRun('r');
  await expect(run(latest!.id, 1)).rejects.toMatchObject({
    key: 'bad-checkpoint.damaged',
    message: expect.stringMatching(/step-3\.safetensors is damaged: backbone\.conv1\.weight/) as string,
  });
  expect(tried).toHaveLength(1);
  await expect(run(null, 0)).rejects.toMatchObject({
    code: 'bad-checkpoint',
    message: expect.stringMatching(/step-1\.safetensors cannot be used: it is cut off/) as string,
  });
});

test('one whose file was taken away is not said to be thinned out where nothing trains', () => {
  rmSync(context.paths.checkpoint('r', 'step-3.safetensors'));
  expect(() => chooseCheckpoint(context, 'r', null)).toThrow(
    'the checkpoint step-3.safetensors is not in runs/r/checkpoints of the home any more: put it back, or choose another one',
  );
  context.store.runs.update('r', { state: 'running' });
  expect(() => chooseCheckpoint(context, 'r', null)).toThrow(/was thinned out a moment ago/);
});
