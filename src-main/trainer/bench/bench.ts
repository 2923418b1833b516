/**
 * The benchmarks. Each runs in a process of its own; with `peer`, the same work runs in PyTorch in turns with ours,
 * so that whatever else the machine does falls on both. Values are medians; the first run of each side does not count.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { computesHalf } from '../../engine/index.ts';
import type { Device } from '../../engine/index.ts';
import { programAt } from '../../files/program.ts';
import { BenchError, BenchProcess, findPython } from './process.ts';
import { CARD_STEPS, unitsOf } from './work.ts';
import type { Answer, Profile, Request, StepWork, Work } from './work.ts';
import { median } from '../../../shared/numbers.ts';

export interface BenchResult {
  name: string;
  /** null where it failed: `error` says why. */
  value: number | null;
  unit: string;
  /** The peer's value in the same run; null without one, or where it failed. */
  peer: number | null;
  peerName: string | null;
  /** value / peer: of rates more than 1 is better, of times and memory less. */
  ratio: number | null;
  /** On a graphics card, where the time of a step goes. */
  profile?: Profile;
  /** The sides ran one after the other, not in turns: together they did not fit. */
  apart?: true;
  error?: string;
  peerError?: string;
}

export interface BenchOptions {
  /** Run the same work in PyTorch. */
  peer?: boolean;
  /** The Python that has torch; default the first that has. */
  python?: string;
  /** On another device than the processor: its training steps alone. */
  device?: Device;
  /** Names of the benchmarks to run; default all. */
  only?: readonly string[];
  /** Timed runs of each side, at least 5. */
  runs?: number;
  signal?: AbortSignal;
}

interface Item {
  /** Name and unit of each figure that the work yields, and how it is had from the answers. */
  figures: { name: string; unit: string; of: (answers: readonly Answer[], units: number) => number }[];
  work: Work;
  /** Whether there is a counterpart to compare with. */
  compared: boolean;
  /** Whether to say where the time goes. */
  profiled?: boolean;
}

export const benchThreads = (): number => availableParallelism();

const perSecond = (answers: readonly Answer[], units: number): number => units / median(answers.map((a) => a.seconds));
const seconds = (answers: readonly Answer[]): number => median(answers.map((a) => a.seconds));
const milliseconds = (answers: readonly Answer[], units: number): number => (1000 * seconds(answers)) / units;
const megabytes = (answers: readonly Answer[]): number => Math.max(...answers.map((a) => a.memory)) / 1e6;

const cardItems = (device: Device, threads: number): Item[] =>
  (['float32', 'float16'] as const).flatMap((precision) =>
    CARD_STEPS.map((step): Item => ({
      figures: [
        {
          name: `train-step-${step.backbone}-${step.size}-b${step.batch}-${precision}`,
          unit: 'images/s',
          of: perSecond,
        },
      ],
      work: { kind: 'step', device, threads, precision, width: 1, steps: 8, ...step },
      compared: true,
      profiled: true,
    })),
  );

function itemsOf(threads: number, folder: string): Item[] {
  const resnet = { threads, width: 1, batch: 64, size: 32 };
  return [
    {
      figures: [
        { name: 'train-step-resnet18-32-b64', unit: 'images/s', of: perSecond },
        { name: 'peak-memory', unit: 'MB', of: megabytes },
      ],
      work: {
        kind: 'step',
        device: 'cpu',
        backbone: 'resnet18',
        stem: 'cifar',
        precision: 'float32',
        steps: 1,
        ...resnet,
      },
      compared: true,
    },
    {
      // what the first preset for processors took, kept to compare with
      figures: [{ name: 'train-step-quick-48-b64', unit: 'images/s', of: perSecond }],
      work: {
        kind: 'step',
        device: 'cpu',
        backbone: 'resnet18',
        stem: 'imagenet',
        precision: 'float32',
        steps: 4,
        heads: 'small',
        ...resnet,
        width: 0.25,
        size: 48,
      },
      compared: true,
    },
    {
      figures: [{ name: 'train-end-to-end-width025-32-b128', unit: 'images/s', of: perSecond }],
      work: { kind: 'endToEnd', threads, width: 0.25, batch: 128, size: 32, images: join(folder, 'photos'), steps: 8 },
      compared: true,
    },
    {
      figures: [{ name: 'augment-128', unit: 'views/s per core', of: perSecond }],
      work: { kind: 'augment', threads: 1, size: 128, image: join(folder, 'photo.png'), views: 400 },
      compared: true,
    },
    {
      figures: [{ name: 'embed-128', unit: 'images/s', of: perSecond }],
      work: { kind: 'embed', threads, size: 128, count: 128 },
      compared: true,
    },
    {
      figures: [{ name: 'knn-100k-512', unit: 'ms/query', of: milliseconds }],
      work: { kind: 'knn', threads, vectors: 100_000, dimension: 512, neighbours: 20, queries: 10 },
      compared: true,
    },
    {
      figures: [{ name: 'session-create', unit: 's', of: seconds }],
      work: { kind: 'create', ...resnet },
      compared: false,
    },
  ];
}

const namesOf = (items: readonly Item[]): string[] => items.flatMap((item) => item.figures.map((f) => f.name));

/** Names of the benchmarks of a device. */
export const benchmarks = (device: Device = 'cpu'): string[] =>
  namesOf(device === 'cpu' ? itemsOf(1, '') : cardItems(device, 1));

/** Results as they are had, with its error where one fails. @throws BenchError when no Python has torch */
export async function* runBench({
  peer = false,
  python,
  device = 'cpu',
  only,
  runs = 5,
  signal,
}: BenchOptions = {}): AsyncGenerator<BenchResult> {
  const threads = benchThreads();
  const other = peer ? await findPython(python) : undefined;
  const folder = await mkdtemp(join(tmpdir(), 'lookalike-bench-'));
  try {
    if (device === 'cpu') await writePhotos(folder);
    const half = device !== 'cpu' && (await computesHalf({ device }));
    const items =
      device === 'cpu'
        ? itemsOf(threads, folder)
        : cardItems(device, threads).filter(({ work }) => half || work.kind !== 'step' || work.precision === 'float32');
    for (const item of items) {
      const figures = item.figures.filter(({ name }) => !only || only.includes(name));
      if (figures.length === 0) continue;
      const against = item.compared ? other : undefined;
      const { ours, theirs, apart } = await measure(item.work, against?.python, Math.max(5, runs), signal);
      const profile =
        item.profiled && item.work.kind === 'step' && !ours.error ? await profileOf(item.work) : undefined;
      for (const { name, unit, of } of figures) {
        const figureOf = ({ answers, error }: Side) =>
          error || answers.length === 0 ? null : of(answers, unitsOf(item.work));
        const [value, peerValue] = [figureOf(ours), figureOf(theirs)];
        yield {
          name,
          value,
          unit,
          peer: peerValue,
          peerName: against?.name ?? null,
          ratio: value === null || peerValue === null ? null : value / peerValue,
          ...(profile ? { profile } : {}),
          ...(apart ? { apart } : {}),
          ...(ours.error ? { error: ours.error } : {}),
          ...(theirs.error ? { peerError: theirs.error } : {}),
        };
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What one side answered, or why it did not. */
interface Side {
  answers: Answer[];
  error?: string;
}

const ours = fileURLToPath(programAt('./worker', import.meta.url));
const peerProgram = fileURLToPath(new URL('./peer.py', import.meta.url));
const startOurs = (): BenchProcess => new BenchProcess(process.execPath, [ours]);

/** Runs both sides in turns; where one fails then, each by itself. */
export async function measure(
  work: Work,
  python: string | undefined,
  runs: number,
  signal?: AbortSignal,
): Promise<{ ours: Side; theirs: Side; apart?: true }> {
  const starts = [startOurs, ...(python === undefined ? [] : [() => new BenchProcess(python, [peerProgram])])];
  const [ours, theirs = { answers: [] }] = await inTurns(starts, work, runs, signal);
  if (starts.length === 1 || (!ours!.error && !theirs.error)) return { ours: ours!, theirs };
  const [oursAlone] = await inTurns(starts.slice(0, 1), work, runs, signal);
  const [theirsAlone] = await inTurns(starts.slice(1), work, runs, signal);
  return { ours: oursAlone!, theirs: theirsAlone!, apart: true };
}

/** Starts the sides, lets them run in turns, and ends at the first failure. */
async function inTurns(
  starts: readonly (() => BenchProcess)[],
  work: Work,
  runs: number,
  signal?: AbortSignal,
): Promise<Side[]> {
  const sides = starts.map((start): Side & { process: BenchProcess } => ({ process: start(), answers: [] }));
  try {
    for (const side of sides)
      if (!(await asked(side, { setUp: work })) || !(await asked(side, { run: true }))) return sides;
    for (const side of sides) side.answers = []; // what was warmed up does not count
    for (let i = 0; i < runs; i++)
      for (const side of sides) {
        signal?.throwIfAborted();
        if (!(await asked(side, { run: true }))) return sides;
      }
    return sides;
  } finally {
    await Promise.all(sides.map((side) => side.process.close()));
  }
}

async function asked(side: Side & { process: BenchProcess }, request: Request): Promise<boolean> {
  try {
    side.answers.push(await side.process.ask(request));
    return true;
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    side.error = error.message;
    return false;
  }
}

/**
 * Where the time of a step goes, found in a process of its own after the others: a profile holds the step's memory once
 * more.
 */
async function profileOf(work: StepWork): Promise<Profile | undefined> {
  const side = { process: startOurs(), answers: [] as Answer[] };
  try {
    await asked(side, { profile: work });
    return side.answers[0]?.profile;
  } finally {
    await side.process.close();
  }
}

/** Photos of coloured noise: 1,024 of 48 px for training, one in the size that the cache keeps for training at 128 px. */
async function writePhotos(folder: string): Promise<void> {
  const { default: sharp } = await import('sharp'); // here alone: what is measured on a card needs none
  const photo = (width: number, height: number) =>
    sharp(
      Uint8Array.from({ length: 3 * 12 * 9 }, () => 256 * Math.random()),
      { raw: { width: 12, height: 9, channels: 3 } },
    ).resize(width, height, { fit: 'fill' });
  await mkdir(join(folder, 'photos'));
  for (let i = 0; i < 1024; i++)
    await photo(48, 48)
      .jpeg()
      .toFile(join(folder, 'photos', `${String(i).padStart(4, '0')}.jpg`));
  await photo(273, 205).png().toFile(join(folder, 'photo.png'));
}
