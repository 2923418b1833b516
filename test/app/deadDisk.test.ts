/** A disk that does not answer any more, with a folder of the library on it: nobody waits for it for ever. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openTarget, refusePlaces } from '../../src-main/app/target.ts';
import { homePaths } from '../../src-main/app/home.ts';
import { mountDead, whyNoDeadDisk } from '../helpers/deadDisk.ts';
import { openLibrary } from '../helpers/libraryDouble.ts';
import { makeWorkplace, startTrainer, trainJob } from './trainerHarness.ts';

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'lookalike-dead-disk-')));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const noDeadDisk = await whyNoDeadDisk();
if (noDeadDisk) console.warn(`deadDisk.test.ts: skipped, ${noDeadDisk}`);

test.skipIf(noDeadDisk !== null)(
  'other folders go on beside it, however often it is read, and it is there again with its photos',
  { timeout: 120_000 },
  async () => {
    const [share, own, home] = ['share', 'own', 'home'].map((name) => join(scratch, name)) as [string, string, string];
    for (const folder of [share, own]) {
      mkdirSync(folder);
      for (const name of ['a.jpg', 'b.jpg']) writeFileSync(join(folder, name), `what ${name} shows`);
    }
    const library = openLibrary(home);
    let revive = () => {};
    try {
      const add = async (folder: string) => (await library.call('library.add', { folder })).id;
      const [there, here] = [await add(share), await add(own)];
      await library.idle();
      const states = async () => (await library.call('library.list', null)).map(({ state, images }) => [state, images]);
      expect(await states()).toEqual([
        ['ready', 2],
        ['ready', 2],
      ]);

      revive = await mountDead(share);
      const unread = [
        ['offline', 2],
        ['ready', 2],
      ];
      expect(await states()).toEqual(unread);
      // more often than there are threads that read files: each would be kept by a question
      for (let tries = 0; tries < 6; tries++) {
        await library.call('library.rescan', { datasetId: there });
        await library.idle();
      }
      expect(await states()).toEqual(unread);
      expect(library.events.findLast((event) => event.name === 'scan')).toMatchObject({
        progress: { datasetId: there, phase: 'failed', error: { code: 'no-answer' } },
      });
      // exports are kept off it by the name that it had
      const context = { store: library.store, paths: homePaths(home) };
      await refusePlaces(context, join(scratch, 'out'));
      for (const name of ['out', 'out 2', 'out 3', 'out 4', 'out 5'])
        await expect(openTarget(context, join(share, name), [], false)).rejects.toMatchObject({ code: 'no-answer' });
      await expect(refusePlaces(context, own)).rejects.toMatchObject({ key: 'bad-folder.photos' });
      writeFileSync(join(own, 'c.jpg'), 'what c.jpg shows');
      await library.call('library.rescan', { datasetId: here });
      await library.idle();
      expect(await states()).toEqual([
        ['offline', 2],
        ['ready', 3],
      ]);

      revive();
      revive = () => {};
      await library.call('library.rescan', { datasetId: there });
      await library.idle();
      expect(await states()).toEqual([
        ['ready', 2],
        ['ready', 3],
      ]);
    } finally {
      revive();
      await library.close();
    }
  },
);

test.skipIf(noDeadDisk !== null)('a training of its photos ends with its name', { timeout: 120_000 }, async () => {
  const place = await makeWorkplace(12);
  const folder = join(place.root, 'photos');
  const revive = await mountDead(folder);
  try {
    const trainer = startTrainer(trainJob(place, 'run'));
    expect(await trainer.ended).toMatchObject({
      type: 'failed',
      error: { code: 'no-answer', values: { path: folder } },
    });
    trainer.kill();
  } finally {
    revive();
    await place.remove();
  }
});
