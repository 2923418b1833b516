/**
 * A double of the compute process: speaks its protocol over IPC and computes nothing. What it does is chosen by the
 * run's seed (embeddings are functions of the files' names): 0 trains to its end, 1 exits with code 3 in the middle, 2
 * falls silent, 3 is killed, 4 reports a failure, 5 trains until it is told to stop. With FAKE_FAULT=lost in its
 * environment its device is lost in the middle.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command, Job, Report, TrainJob } from '../../shared/contract.ts';
import { IdList } from '../../shared/idList.ts';
import type { EpochMetrics } from '../../shared/metricRows.ts';
import { said } from '../../shared/sentences.ts';
import { reason } from '../../shared/reason.ts';
import { skipReason } from '../../src-main/images/errors.ts';
import { epochMetrics, probeMetrics } from './records.ts';

const say = (report: Report) => void process.send!(report);
const heartbeat = setInterval(() => say({ type: 'heartbeat', at: Date.now() }), 20);
let stopping = false;
let paused = false;

const row = (epoch: number, epochs: number, knn: number): EpochMetrics =>
  epochMetrics(epoch, { knn, epochs, step: epoch * 4, loss: -epoch / 10, at: Date.now(), etaSeconds: epochs - epoch });

/** A checkpoint with the header the application reads, and no tensor of use. */
function checkpoint(job: TrainJob, epoch: number, finished: boolean): string {
  const facts = { step: epoch * 4, epoch, knn: epoch / 10, agreement: 0.4, finished };
  const header = Buffer.from(
    JSON.stringify({
      __metadata__: { facts: JSON.stringify(facts) },
      'optimizer.momentum.w': { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
    }),
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const file = join(job.directory, 'checkpoints', `step-${String(epoch * 4).padStart(9, '0')}.safetensors`);
  mkdirSync(join(job.directory, 'checkpoints'), { recursive: true });
  writeFileSync(file, Buffer.concat([length, header, Buffer.alloc(4)]));
  return file;
}

async function train(job: TrainJob): Promise<void> {
  const { seed } = job.config;
  const start = job.resumeFrom ? Number(/step-(\d+)/.exec(job.resumeFrom)![1]) / 4 : 0;
  const epochs = (job.config.epochs ?? 3) + (job.extendBy ?? 0);
  const files: Extract<Report, { type: 'checkpoints' }>['files'] = [];
  say({
    type: 'progress',
    fraction: 0.5,
    ...said(reason('doing.reading-photos', { done: 1, total: 2 })),
    etaSeconds: 1,
  });
  say({
    type: 'started',
    device: 'fake',
    images: job.images.length,
    skipped: [{ file: job.images[0]!.file, reason: 'It is cut off.', code: 'truncated' }],
    config: job.config,
    estimate: { seconds: 1, memoryBytes: 1, diskBytes: 1, epochs, stepsPerEpoch: 4, basis: 'measured' },
    stepsPerEpoch: 4,
    totalSteps: 4 * epochs,
    startStep: 4 * start,
    startEpoch: start,
    notice: null,
    baselines: { measure: 'knn', pixels: 0.2, whitened: 0.25, hog: 0.3, edges: 0.35, untrained: 0.1, start: 0.1 },
  });
  say({ type: 'untrained', metrics: { ...probeMetrics, knn: 0.1 } });
  let saved = job.resumeFrom ?? '';
  for (let epoch = start + 1; epoch <= epochs || seed === 5; epoch++) {
    await new Promise((resolve) => setTimeout(resolve, 30));
    while (paused && !stopping) await new Promise((resolve) => setTimeout(resolve, 10));
    if (stopping) return say({ type: 'stopped', saved: true });
    for (let step = epoch * 4 - 3; step <= epoch * 4; step++)
      say({
        type: 'steps',
        etaSeconds: null,
        steps: [
          {
            step,
            epoch: step / 4,
            loss: -0.1,
            zStdTraining: 0.9,
            learningRate: 0.1,
            trainingSeconds: epoch,
            at: Date.now(),
          },
        ],
      });
    say({ type: 'epoch', metrics: row(epoch, epochs, epoch / 10) });
    say({
      type: 'verdict',
      judgement: { verdict: 'healthy', sentence: 'It learns.', key: 'healthy', values: {}, advice: [] },
    });
    saved = checkpoint(job, epoch, epoch === epochs);
    files.push({
      file: saved,
      epoch,
      step: 4 * epoch,
      bytes: 0,
      hasOptimizerState: true,
      kept: epoch === epochs ? 'final' : 'recent',
      knn: epoch / 10,
      agreement: 0.4,
    });
    say({ type: 'checkpoints', files });
    if (epoch < 2) continue;
    if (process.env['FAKE_FAULT'] === 'lost')
      return say({
        type: 'failed',
        error: { name: 'DeviceLostError', code: 'device-lost', message: 'the device webgpu was lost' },
      });
    if (seed === 1) return process.exit(3);
    if (seed === 2) return clearInterval(heartbeat);
    if (seed === 3) return void process.kill(process.pid, 'SIGKILL');
    if (seed === 4)
      return say({
        type: 'failed',
        error: {
          name: 'NonFiniteLossError',
          code: 'non-finite-loss',
          message: 'the loss became infinite',
          details: { step: 8 },
        },
      });
  }
  say({ type: 'done', result: { kind: 'train', checkpoint: saved, epochs, seconds: 1 } });
}

/** The first numbers of a file's name as its place on two circles: photos with near numbers are near. */
function vectorOf(name: string): number[] {
  const [, label, number] = /^(.*?)(\d+)/.exec(name) ?? [];
  const angle = Number(number ?? 0) / 10;
  return label ? [1, 0, Math.cos(angle) / 4, Math.sin(angle) / 4] : [0, 1, Math.cos(angle) / 4, Math.sin(angle) / 4];
}

/** Of the photos that are on the disk and are not called broken. */
function embed(job: Extract<Job, { kind: 'embed' }>): void {
  const images = job.images.filter(({ path, file }) => existsSync(path) && !file.includes('broken'));
  const skipped = job.images
    .filter((image) => !images.includes(image))
    .map(({ path, file }) => ({ file, ...skipReason(reason(existsSync(path) ? 'unreadable.permission' : 'missing')) }));
  const vectors = Float32Array.from(images.flatMap(({ file }) => vectorOf(file)));
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${images.length}, 4), }`;
  const header = Buffer.from(text.padEnd(117) + '\n');
  const length = Buffer.from([header.length & 255, header.length >> 8]);
  writeFileSync(
    job.output,
    Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), length, header, new Uint8Array(vectors.buffer)]),
  );
  say({
    type: 'progress',
    fraction: 1,
    ...said(reason('doing.embedding-photos', { done: 1, total: 1 })),
    etaSeconds: 0,
  });
  const ids = IdList.of(images.map(({ id }) => id)).bytes;
  say({ type: 'done', result: { kind: 'embed', images: ids, dimensions: 4, skipped } });
}

/** A tenth of a second a step, whatever it is. */
function estimate({ config, images }: Extract<Job, { kind: 'estimate' }>): void {
  const stepsPerEpoch = Math.floor(images / config.batchSize);
  const epochs = config.epochs ?? 1;
  const measured = {
    seconds: 0.11 * stepsPerEpoch * epochs,
    memoryBytes: 1,
    diskBytes: 1,
    epochs,
    stepsPerEpoch,
    basis: 'measured' as const,
  };
  say({ type: 'done', result: { kind: 'estimate', estimate: measured } });
}

/** Four of five are right. */
function evaluate(job: Extract<Job, { kind: 'evaluate' }>): void {
  const tested = job.train.images.map(({ id }) => id);
  const classes = [...new Set(job.train.images.flatMap(({ label }) => (label === null ? [] : [label])))].sort();
  say({
    type: 'done',
    result: {
      kind: 'evaluate',
      accuracy: 0.8,
      spread: null,
      shots: [],
      classes,
      confusion: classes.map(() => classes.map(() => 1)),
      predictions: new Int32Array(tested.length),
      truth: Int32Array.from(job.train.images, ({ label }) => classes.indexOf(label ?? '')),
      tested: IdList.of(tested).bytes,
      split: 'leave-one-out',
      groups: { kept: 0, cut: 0 },
      asked: { of: tested.length, byGraph: job.graph ? tested.length : 0 },
    },
  });
}

process.on('message', (command: Command) => {
  if (command.type === 'job' && command.job.kind === 'train') void train(command.job);
  else if (command.type === 'job' && command.job.kind === 'estimate') estimate(command.job);
  else if (command.type === 'job' && command.job.kind === 'evaluate') evaluate(command.job);
  else if (command.type === 'job' && command.job.kind === 'embed') embed(command.job);
  else if (command.type === 'job' && command.job.kind === 'queries')
    say({ type: 'progress', fraction: 1, ...said(reason('doing.ready')), etaSeconds: null });
  else if (command.type === 'query') {
    const name = Buffer.from(command.image).toString();
    if (/\d/.test(name))
      say({ type: 'queryResult', id: command.id, vector: Float32Array.from(vectorOf(name)), error: null });
    else
      say({
        type: 'queryResult',
        id: command.id,
        vector: null,
        error: { name: 'ImageError', code: 'not-an-image', message: 'It is no image.' },
      });
  } else if (command.type === 'pause' || command.type === 'resume') {
    paused = command.type === 'pause';
    say({ type: paused ? 'paused' : 'resumed' });
  } else if (command.type === 'stop') {
    stopping = true;
    if (command.now) process.exit(0);
  }
});
process.on('disconnect', () => process.exit(0));
say({ type: 'ready' });
