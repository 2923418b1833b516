/**
 * All photos of a folder handed to a job: how long the application's thread is silent at most, in processor time, and how
 * much its memory grows. The database is filled by a process of its own (fill.ts).
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Job } from '../../shared/contract.ts';
import type { AppContext } from '../../src-main/app/context.ts';
import { forkLauncher } from '../../src-main/app/compute/launch.ts';
import { ComputeProcess } from '../../src-main/app/compute/process.ts';
import { homePaths } from '../../src-main/app/index.ts';
import { LibraryPhotos } from '../../src-main/app/library/libraryPhotos.ts';
import { openStore } from '../../src-main/db/index.ts';
import { datasetId } from './names.ts';
import type { Operation } from './operations.ts';
import { watchSilence } from './silence.ts';

const row = 'photos handed to a job';

export const handing: Operation = {
  rows: [row],
  async run(n, { measure, note, folder }) {
    const home = join(folder, 'home');
    const filler = fileURLToPath(new URL('fill.ts', import.meta.url));
    execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', filler, home, String(n)]);
    const store = openStore(homePaths(home).database);
    const photos = new LibraryPhotos({ store, closing: new AbortController().signal } as AppContext, null as never);
    const launch = forkLauncher(new URL('drain.ts', import.meta.url));
    const before = process.memoryUsage.rss();
    let most = before;
    const silence = watchSilence(() => (most = Math.max(most, process.memoryUsage.rss())));
    let started = 0;
    const end = await measure(row, async () => {
      const lists = { images: await photos.jobImages(datasetId) };
      const job = { kind: 'embed', images: [], output: '' } as unknown as Job;
      const compute = new ComputeProcess(launch, job, () => undefined, { lists });
      started = silence.longest(); // a process is begun in one go, however many photos there are
      const ended = await compute.ended;
      compute.kill();
      await compute.exited;
      return ended;
    });
    const longest = silence.stop();
    store.close();
    const handed = end.type === 'done' && end.result.kind === 'embed' ? end.result.dimensions : 0;
    if (handed !== n) throw new Error(`${handed} of ${n} photos were handed over`);
    note(
      `silent at most ${longest.toFixed(0)} ms, ${started.toFixed(0)} while it is begun, ${Math.round((most - before) / 2 ** 20)} MB more while it goes on`,
    );
  },
};
