/** Runs the real compute process on small made photos, the way the application does, for the tests beside it. */
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { mergeConfig, parseConfig } from '../../shared/config.ts';
import type { ConfigPatch } from '../../shared/config.ts';
import type { Job, JobImage, TrainJob } from '../../shared/contract/job.ts';
import type { Command, JobResult, Report } from '../../shared/contract/report.ts';
import { onnxRuntime } from '../../src-main/trainer/backend.ts';
import type { Backend } from '../../src-main/trainer/backend.ts';
import { Control } from '../../src-main/trainer/control.ts';
import { completeJob } from '../../src-main/trainer/jobs.ts';
import { listCheckpoints, readCheckpoint } from '../../src-main/trainer/checkpoint.ts';
import { tinyRun } from '../helpers/tiny.ts';

const main = fileURLToPath(new URL('../../src-main/trainer/main.ts', import.meta.url));

export interface Workplace {
  root: string;
  images: JobImage[];
  cacheDirectory: string;
  cacheBytes: number;
  remove(): Promise<void>;
}

/** Two labels: stripes of many widths, and discs, both in colours that say nothing. */
async function photo(path: string, label: string, index: number): Promise<void> {
  const side = 24;
  const data = Buffer.alloc(3 * side * side);
  const random = (k: number) => ((Math.imul(index * 31 + k + 1, 0x9e3779b1) >>> 8) % 1000) / 1000;
  const [cx, cy, r, period] = [6 + 12 * random(1), 6 + 12 * random(2), 4 + 5 * random(3), 3 + 5 * random(4)];
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const on = label === 'discs' ? (x - cx) ** 2 + (y - cy) ** 2 < r * r : (x * random(5) + y) % period < period / 2;
      for (let c = 0; c < 3; c++) data[3 * (y * side + x) + c] = 255 * random(on ? 6 + c : 9 + c);
    }
  await sharp(data, { raw: { width: side, height: side, channels: 3 } })
    .png()
    .toFile(path);
}

export async function makeWorkplace(photos: number): Promise<Workplace> {
  const root = await mkdtemp(join(tmpdir(), 'trainer-test-'));
  const images: JobImage[] = [];
  for (const label of ['discs', 'stripes']) await mkdir(join(root, 'photos', label), { recursive: true });
  for (let i = 0; i < photos; i++) {
    const label = i % 2 ? 'discs' : 'stripes';
    const file = `${label}/${i}.png`;
    const path = join(root, 'photos', file);
    await photo(path, label, i);
    const { size, mtimeMs } = await stat(path);
    images.push({ id: `id-${i}`, path, file, bytes: size, modified: mtimeMs, label, heldOut: false });
  }
  return {
    root,
    images,
    cacheDirectory: join(root, 'cache'),
    cacheBytes: 1e9,
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

/** The job as the application hands it over: many photos go before it. */
function commandsOf(job: Job): Command[] {
  if (job.kind === 'estimate' || !('images' in job)) return [{ type: 'job', job }];
  const [first, rest] = [job.images.slice(0, 3), job.images.slice(3)];
  return [
    { type: 'photos', of: 'images', images: first },
    { type: 'job', job: { ...job, images: rest } },
  ];
}

const tiny: ConfigPatch = { ...tinyRun, embedding: 'whitenedEdges', epochs: 3, device: 'cpu' };

export function trainJob(
  place: Workplace,
  name: string,
  patch: ConfigPatch = {},
  more: Partial<TrainJob> = {},
): TrainJob {
  return {
    kind: 'train',
    runId: name,
    directory: join(place.root, 'runs', name),
    cacheDirectory: place.cacheDirectory,
    cacheBytes: place.cacheBytes,
    config: parseConfig(mergeConfig(tiny, patch)),
    images: place.images,
    initialWeights: null,
    resumeFrom: null,
    extendBy: null,
    history: [],
    untrained: null,
    ...more,
  };
}

export interface Trainer {
  reports: Report[];
  /** The last report of the job, or null when the process ended without one. */
  ended: Promise<Report | null>;
  exited: Promise<void>;
  send(command: Command): void;
  kill(): void;
  disconnect(): void;
  /** Resolves with the first report that fits, past ones included. */
  until(fits: (report: Report) => boolean): Promise<Report>;
}

/** The reports of a job, and those who wait for one. */
class Heard {
  readonly reports: Report[] = [];
  readonly ended: Promise<Report | null>;
  #settle!: (report: Report | null) => void;
  #waiting: { fits: (report: Report) => boolean; resolve: (report: Report) => void; reject: (error: Error) => void }[] =
    [];

  constructor() {
    this.ended = new Promise((resolve) => (this.#settle = resolve));
  }

  take(report: Report): void {
    this.reports.push(report);
    if (report.type === 'done' || report.type === 'failed' || report.type === 'stopped') this.#settle(report);
    for (const one of this.#waiting.splice(0)) {
      if (one.fits(report)) one.resolve(report);
      else this.#waiting.push(one);
    }
  }

  /** No more will come. */
  close(): void {
    this.#settle(null);
    const last = this.reports.findLast((r) => r.type !== 'heartbeat');
    for (const { reject } of this.#waiting)
      reject(new Error(`the trainer ended; its last report was ${JSON.stringify(last)}`));
  }

  until(fits: (report: Report) => boolean): Promise<Report> {
    return new Promise((resolve, reject) => {
      const past = this.reports.find(fits);
      if (past) resolve(past);
      else this.#waiting.push({ fits, resolve, reject });
    });
  }
}

export function startTrainer(job: Job): Trainer {
  const child = fork(main, [], {
    serialization: 'advanced',
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const heard = new Heard();
  const exited = new Promise<void>((resolve) => child.on('exit', () => (heard.close(), resolve())));
  child.on('message', (message) => {
    const report = message as Report;
    heard.take(report);
    if (report.type === 'ready') for (const command of commandsOf(job)) child.send(command);
  });
  child.on('error', () => {}); // 'exit' follows
  return {
    reports: heard.reports,
    ended: heard.ended,
    exited,
    send: (command) => void child.send(command),
    kill: () => void child.kill('SIGKILL'),
    disconnect: () => child.disconnect(),
    until: (fits) => heard.until(fits),
  };
}

/** Runs a job in this process, whose modules are loaded and compiled: where processes are not what is tried. */
export function startHere(
  job: Job,
  backend = onnxRuntime,
): Pick<Trainer, 'reports' | 'ended' | 'exited' | 'until'> & {
  send(command: Parameters<Control['receive']>[0]): void;
} {
  const heard = new Heard();
  const control = new Control();
  const report = (said: Report) => heard.take(said);
  const exited = completeJob(job, { report, control, backend, watch: () => {} }).then(() => heard.close());
  const { reports, ended } = heard;
  return { reports, ended, exited, send: (command) => control.receive(command), until: (fits) => heard.until(fits) };
}

export type ReportOf<T extends Report['type']> = Extract<Report, { type: T }>;
/** All of one kind, in their order. */
export const ofType = <T extends Report['type']>(reports: readonly Report[], type: T): ReportOf<T>[] =>
  reports.filter((r): r is ReportOf<T> => r.type === type);

/**
 * Trains to the end in this process.
 * @param steps after so many it is told to stop
 */
export async function trainHere(job: TrainJob, steps = Infinity): Promise<Report[]> {
  const trainer = startHere(
    job,
    stoppingAfter(steps, () => trainer.send({ type: 'stop', now: false })),
  );
  const end = await trainer.ended;
  if (end?.type === 'failed') throw new Error(end.error.message);
  await trainer.exited;
  return trainer.reports;
}

const stoppingAfter = (steps: number, stop: () => void): Backend => ({
  ...onnxRuntime,
  async training(...given) {
    const session = await onnxRuntime.training(...given);
    const advance = session.advance.bind(session);
    let made = 0;
    session.advance = async (input) => {
      const known = await advance(input);
      if (++made === steps) stop();
      return known;
    };
    return session;
  },
});

/** The result of a job that is to end well. */
export async function finish<K extends JobResult['kind']>(
  job: Job & { kind: K },
): Promise<Extract<JobResult, { kind: K }>> {
  const { ended, exited } = startHere(job);
  const end = await ended;
  await exited;
  if (end?.type !== 'done') throw new Error(JSON.stringify(end));
  return end.result as Extract<JobResult, { kind: K }>;
}

/** What the application resumes from. */
export async function newestCheckpoint(directory: string): Promise<string | null> {
  const { files } = await listCheckpoints(directory);
  return files.find((file) => file.hasOptimizerState)?.path ?? null;
}

/** The checkpoints of the run `whole` as those of another, so that each test has some of its own to damage. */
export async function copyOfWhole(place: Workplace, name: string) {
  const job = trainJob(place, name);
  const from = join(trainJob(place, 'whole').directory, 'checkpoints');
  const folder = join(job.directory, 'checkpoints');
  await cp(from, folder, { recursive: true });
  return { job, folder, newest: (await newestCheckpoint(job.directory))! };
}

/** All named state at a run's end: the digest of its bytes, by name, as a comparison of millions of bytes takes seconds. */
export async function finalState(directory: string): Promise<Map<string, string>> {
  const { files } = await listCheckpoints(directory);
  const { state } = await readCheckpoint(files[0]!.path);
  return new Map(
    [...state].map(([name, { data }]) => {
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      return [name, createHash('sha256').update(bytes).digest('hex')];
    }),
  );
}
