/**
 * A double of the compute process inside the test: nothing happens until the test says so. Each job that is started
 * waits to be taken by `next`, and ends as the test decides.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckpointReport, Command, Job, Report, TrainJob } from '../../shared/contract.ts';
import { IdList } from '../../shared/idList.ts';
import type { Launcher } from '../../src-main/app/compute/launch.ts';

export interface Given<J extends Job = Job> {
  job: J;
  commands: Command[];
  report(report: Report): void;
}

export function gatedTrainer() {
  const given: Given[] = [];
  const waiting: (() => void)[] = [];
  const launch: Launcher = (listeners) => {
    let gone = false;
    const exit = () => {
      if (gone) return;
      gone = true;
      queueMicrotask(() => listeners.exit({ code: 0, signal: null, complaint: '' }));
    };
    const entry: Omit<Given, 'job'> = { commands: [], report: (report) => !gone && listeners.report(report) };
    queueMicrotask(() => listeners.report({ type: 'ready' }));
    return {
      send: (command) => {
        entry.commands.push(command);
        if (command.type === 'job') {
          given.push({ ...entry, job: command.job });
          for (const look of waiting) look();
        }
        if (command.type === 'stop') {
          entry.report({ type: 'stopped', saved: !command.now });
          exit();
        }
      },
      kill: exit,
    };
  };
  return {
    launch,
    /** The next job of that kind that nobody took yet. */
    next: <K extends Job['kind']>(kind: K) =>
      new Promise<Given<Extract<Job, { kind: K }>>>((resolve) => {
        const look = () => {
          const at = given.findIndex(({ job }) => job.kind === kind);
          if (at < 0) return;
          waiting.splice(waiting.indexOf(look), 1);
          resolve(given.splice(at, 1)[0] as Given<Extract<Job, { kind: K }>>);
        };
        waiting.push(look);
        look();
      }),
    /** Jobs that nobody took. */
    left: () => given.map(({ job }) => job.kind),
  };
}

/** Says that the run trained to its end, with the header of a checkpoint after each epoch. */
export function trained(given: Given<TrainJob>, epochs: number): void {
  const checkpoint = saved(given, epochs);
  given.report({ type: 'done', result: { kind: 'train', checkpoint, epochs, seconds: 1 } });
}

/** Says that those checkpoints were written, and gives the last. */
export function saved({ job, report }: Given<TrainJob>, epochs: number): string {
  const checkpoints = join(job.directory, 'checkpoints');
  mkdirSync(checkpoints, { recursive: true });
  const files = Array.from({ length: epochs }, (_, i): CheckpointReport => {
    const [epoch, step, finished] = [i + 1, 4 * (i + 1), i === epochs - 1];
    const facts = JSON.stringify({ step, epoch, knn: epoch / 10, agreement: 0.4, finished });
    const tensors = { 'momentum.w': { dtype: 'F32', shape: [1], data_offsets: [0, 4] } };
    const header = Buffer.from(JSON.stringify({ __metadata__: { facts }, ...tensors }));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    const file = join(checkpoints, `step-${String(step).padStart(9, '0')}.safetensors`);
    const content = Buffer.concat([length, header, Buffer.alloc(4)]);
    writeFileSync(file, content);
    const { length: bytes } = content;
    const kept = finished ? 'final' : 'recent';
    return { file, epoch, step, bytes, hasOptimizerState: true, kept, knn: epoch / 10, agreement: 0.4 };
  });
  report({ type: 'checkpoints', files });
  return files.at(-1)!.file;
}

/** Writes vectors of four numbers, one for each photo, and says so. */
export function embedded({ job, report }: Given<Extract<Job, { kind: 'embed' }>>): void {
  writeVectors(job.output, job.images.length);
  const images = IdList.of(job.images.map(({ id }) => id)).bytes;
  report({ type: 'done', result: { kind: 'embed', images, dimensions: 4, skipped: [] } });
}

export function writeVectors(file: string, n: number): void {
  const vectors = Float32Array.from({ length: 4 * n }, (_, i) => Math.sin(i * i));
  const head = Buffer.from(`{'descr': '<f4', 'fortran_order': False, 'shape': (${n}, 4), }`.padEnd(117) + '\n');
  const start = Buffer.from([...Buffer.from('\x93NUMPY\x01\x00', 'latin1'), head.length & 255, head.length >> 8]);
  writeFileSync(file, Buffer.concat([start, head, new Uint8Array(vectors.buffer)]));
}
