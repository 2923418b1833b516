/**
 * What lies between "Try with sample photos" and the first step, part by part, in processor time (user and system, with all
 * processes that were started) and by the clock: rendering, reading as the library does, then the process that trains.
 *
 *   node scripts/start-time.ts [--set minutes=2.25 ...] [--again]
 *   node scripts/start-time.ts --app
 *
 * `--again` starts a second training on the photos that the first one read. `--app` asks the application in a new home
 * as the window does on two clicks, the second as soon as there is a plan: what is not waited for is left out then (the
 * reading, which goes on beside), and what the processes do beside each other shows. The sample photos are written as
 * the build rendered them where it did, and modules are found compiled as the build left them (`npm run build`). Linux,
 * as processor time is asked of /proc.
 */
import { readFileSync, readdirSync, mkdtempSync, rmSync } from 'node:fs';
import { fork } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { mergeConfig, parseConfig, patchFromAssignment } from '../shared/config.ts';
import type { TrainJob } from '../shared/contract/job.ts';
import type { Report } from '../shared/contract/report.ts';
import { presetPatch } from '../shared/presets.ts';
import { createApp, renderSampleSet } from '../src-main/app/index.ts';
import { ImagePool, sourceOf } from '../src-main/images/index.ts';
import { compiledModules } from './host.ts';
import { imagesOf } from './training.ts';

const { values } = parseArgs({
  options: {
    set: { type: 'string', multiple: true, default: [] },
    again: { type: 'boolean', default: false },
    app: { type: 'boolean', default: false },
  },
});
const trainer = fileURLToPath(new URL('../src-main/trainer/main.ts', import.meta.url));
const TICKS = 100; // of a second, in /proc

/** Processor seconds of a process and of what it started, ended ones included. */
function seconds(pid: number): number {
  const stats = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const fields = readFileSync(`/proc/${name}/stat`, 'utf8')
          .replace(/^.*\) /s, '')
          .split(' ');
        return [
          { pid: Number(name), parent: Number(fields[1]), ticks: [11, 12, 13, 14].map((i) => Number(fields[i])) },
        ];
      } catch {
        return []; // it has ended
      }
    });
  const of = (id: number): number =>
    (stats.find((s) => s.pid === id)?.ticks ?? []).reduce((a, b) => a + b, 0) / TICKS +
    stats.filter((s) => s.parent === id).reduce((sum, s) => sum + of(s.pid), 0);
  return of(pid);
}

async function timed(name: string, work: () => Promise<unknown>): Promise<void> {
  const [before, began] = [seconds(process.pid), performance.now()];
  await work();
  console.log(row(name, seconds(process.pid) - before, (performance.now() - began) / 1000));
}
const row = (name: string, processor: number, clock: number): string =>
  `${name.padEnd(36)} ${processor.toFixed(2).padStart(6)} s ${clock.toFixed(2).padStart(7)} s by the clock`;

const work = mkdtempSync(join(tmpdir(), 'lookalike-start-'));
// as `npm start` has it for whatever it starts
process.env['NODE_COMPILE_CACHE'] ??= compiledModules;

/** Two clicks in a new home, to the first steps that are told. */
async function asked(): Promise<void> {
  const app = await createApp({ home: join(work, 'home'), host: { kind: 'server', version: '0' } });
  const [before, began] = [seconds(process.pid), performance.now()];
  const tell = (what: string) =>
    console.log(row(what, seconds(process.pid) - before, (performance.now() - began) / 1000));
  const told = new Promise<void>((resolve) =>
    app.onEvent((event) => {
      if (event.name === 'started' || event.name === 'untrained') tell(event.name);
      if (event.name === 'steps') resolve();
    }),
  );
  const { id: datasetId } = await app.handle('library.addSample', null);
  tell('sample photos there');
  await app.handle('runs.plan', { datasetId, preset: 'quick', patch: {} });
  tell('planned');
  const start = { datasetId, preset: 'quick', patch: {}, name: null, clonedFrom: null } as const;
  const { id: runId } = await app.handle('runs.create', start);
  tell('queued');
  await told;
  tell('first steps told');
  const { images } = await app.handle('library.images', { datasetId, limit: 500, offset: 0 });
  console.log(`read by then: ${images.filter(({ width }) => width > 0).length} of the first ${images.length}`);
  await app.handle('runs.stop', { runId, now: false });
  await app.close();
}
if (values.app) {
  await asked();
  rmSync(work, { recursive: true, force: true });
  process.exit(0);
}

const photos = join(work, 'photos');
await timed('sample photos rendered', () => renderSampleSet(photos));
const images = imagesOf(photos);
await timed(`read (size, hash, thumbnail of ${images.length})`, async () => {
  const pool = new ImagePool();
  await Promise.all(images.map(({ path }) => pool.probe(sourceOf(path, undefined))));
  await pool.close();
});

const config = parseConfig(
  mergeConfig(presetPatch('quick', { images: images.length, device: 'cpu' }), ...values.set.map(patchFromAssignment)),
);

/** Starts a training, prints when it gets how far, and ends it at its first step. */
async function start(name: string): Promise<void> {
  const job: TrainJob = {
    kind: 'train',
    runId: name,
    directory: join(work, name),
    cacheDirectory: join(work, 'cache'),
    cacheBytes: 20e9,
    config,
    images,
    initialWeights: null,
    resumeFrom: null,
    extendBy: null,
    history: [],
    untrained: null,
  };
  const began = performance.now();
  const child = fork(trainer, [], { serialization: 'advanced', execArgv: ['--disable-warning=ExperimentalWarning'] });
  const tell = (what: string) =>
    console.log(row(`${name}: ${what}`, seconds(child.pid!), (performance.now() - began) / 1000));
  let said = '';
  child.on('message', (message) => {
    const report = message as Report;
    if (report.type === 'ready') {
      tell('modules loaded');
      child.send({ type: 'job', job });
    } else if (report.type === 'progress' && report.key !== said) {
      said = report.key;
      tell(`begins ${said.replace('doing.', '')}`);
    } else if (report.type === 'started' || report.type === 'checkpoints') tell(report.type);
    else if (report.type === 'steps') {
      tell('steps told');
      child.kill('SIGKILL');
    } else if (report.type === 'failed') {
      console.error(report.error.message);
      child.kill('SIGKILL');
    }
  });
  await new Promise((resolve) => child.once('exit', resolve));
}
await start('first');
if (values.again) await start('again');
rmSync(work, { recursive: true, force: true });
process.exit(0);
