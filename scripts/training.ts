/**
 * One training for the scripts that measure trainings (learns.ts, record-runs.ts): the photos of a folder of class
 * folders as a job names them, and the trainer as a child process of its own, its reports gathered as the application
 * would store them.
 */
import { fork } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunConfig } from '../shared/config.ts';
import type { JobImage, TrainJob } from '../shared/contract/job.ts';
import type { JobResult, Report } from '../shared/contract/report.ts';
import type { EpochMetrics, ProbeMetrics } from '../shared/metricRows.ts';
import type { Judgement } from '../shared/verdict/judgement.ts';

const trainer = fileURLToPath(new URL('../src-main/trainer/main.ts', import.meta.url));

/** Kept between runs, so that a folder is decoded once for each image size. */
export const cacheDirectory = join(tmpdir(), 'lookalike-scripts-cache');
export const cacheBytes = 20e9;

/** `folder/<class>/<photo>`, in the order of their names; `perClass` takes the first of each class. */
export function imagesOf(folder: string, perClass = Infinity): JobImage[] {
  const labels = readdirSync(folder)
    .sort()
    .filter((label) => statSync(join(folder, label)).isDirectory());
  return labels.flatMap((label) =>
    readdirSync(join(folder, label))
      .sort()
      .slice(0, perClass)
      .map((name): JobImage => {
        const file = `${label}/${name}`;
        const path = join(folder, file);
        const { size, mtimeMs } = statSync(path);
        return { id: file, path, file, bytes: size, modified: mtimeMs, label, heldOut: false };
      }),
  );
}

/** The classes of photos, sorted: each is told by its place among them. */
export const classesOf = (images: readonly JobImage[]): string[] =>
  [...new Set(images.map(({ label }) => label!))].sort();

export interface Trained {
  untrained: ProbeMetrics | null;
  history: EpochMetrics[];
  /** The trainer's own judgement at each row. */
  judgements: Judgement[];
  /** Null where the run failed or was stopped by what it reported. */
  result: Extract<JobResult, { kind: 'train' }> | null;
  error: { code: string; message: string } | null;
}

/** Trains `config` on `images`; checkpoints go below `directory`. Each row is printed under `name`. */
export async function trainOnce(
  name: string,
  config: RunConfig,
  images: JobImage[],
  directory: string,
  initialWeights: string | null = null,
): Promise<Trained> {
  const job: TrainJob = {
    kind: 'train',
    runId: name,
    directory,
    cacheDirectory,
    cacheBytes,
    config,
    images,
    initialWeights,
    resumeFrom: null,
    extendBy: null,
    history: [],
    untrained: null,
  };
  const out: Trained = { untrained: null, history: [], judgements: [], result: null, error: null };
  const child = fork(trainer, [], { serialization: 'advanced' });
  child.on('message', (message) => {
    const report = message as Report;
    if (report.type === 'ready') child.send({ type: 'job', job });
    else if (report.type === 'untrained') {
      out.untrained = report.metrics;
      console.log(
        `${name} untrained: rank ${report.metrics.rank.backbone.toFixed(1)} kNN ${percent(report.metrics.knn)}`,
      );
    } else if (report.type === 'epoch') {
      out.history.push(report.metrics);
      console.log(`${name} ${rowText(report.metrics)}`);
    } else if (report.type === 'verdict') {
      if (out.judgements.at(-1)?.verdict !== report.judgement.verdict)
        console.log(`${name} -> ${report.judgement.verdict}: ${report.judgement.sentence}`);
      out.judgements.push(report.judgement);
    } else if (report.type === 'done' && report.result.kind === 'train') out.result = report.result;
    else if (report.type === 'failed') out.error = report.error;
  });
  await new Promise((resolve) => child.on('exit', resolve));
  if (out.error) console.log(`${name} failed: ${out.error.message}`);
  return out;
}

export const percent = (share: number | null | undefined): string =>
  share == null ? 'none' : `${(100 * share).toFixed(1)} %`;

function rowText(e: EpochMetrics): string {
  return [
    `${e.epoch.toFixed(2)}/${e.epochs.toFixed(0)} step ${e.step} loss ${e.loss.toFixed(3)} z ${e.zStdTraining.toFixed(2)}`,
    `std ${e.std.backbone.toFixed(2)} ${e.std.projection.toFixed(2)} rank ${e.rank.backbone.toFixed(1)} kNN ${percent(e.knn)} agreement ${percent(e.agreement)}`,
    `${e.imagesPerSecond.toFixed(0)}/s wait ${e.dataWait.toFixed(2)} at ${e.trainingSeconds.toFixed(0)} s`,
  ].join(' ');
}

/** What the figures were measured on. */
export const machine = `${cpus().length} CPU cores, ${cpus()[0]?.model ?? ''}`.trim();
