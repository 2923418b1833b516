/**
 * A part that measures a training step beside PyTorch's, as it comes and compiled: three processes in turns, so that
 * whatever else the machine does falls on all. One that fails is told, and the others go on.
 */
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { BenchProcess, findPython } from '../../src-main/trainer/bench/process.ts';
import { unitsOf } from '../../src-main/trainer/bench/work.ts';
import type { StepWork } from '../../src-main/trainer/bench/work.ts';
import { computesHalf } from '../../src-main/engine/index.ts';
import type { RowPart, Settings } from './parts.ts';
import { ROUNDS, stepOf } from './sizes.ts';
import { median } from '../../shared/numbers.ts';
import { programAt } from '../../src-main/files/program.ts';

const worker = fileURLToPath(programAt('../../src-main/trainer/bench/worker', import.meta.url));
const peer = fileURLToPath(new URL('../../src-main/trainer/bench/peer.py', import.meta.url));

export type SideName = 'lookalike' | 'eager' | 'compiled';

/** Photos a second, median of the rounds so far; null where there is none, and why. */
export interface SideResult {
  perSecond: number | null;
  rounds: number;
  error?: string;
}
export interface StepResult {
  work: StepWork;
  sides: Record<SideName, SideResult>;
}

interface Side {
  name: SideName;
  process: BenchProcess | null;
  work: StepWork;
  seconds: number[];
  error?: string;
}

async function attempt(side: Side, work: () => Promise<unknown>): Promise<void> {
  if (side.error !== undefined) return;
  try {
    await work();
  } catch (error) {
    side.error = error instanceof Error ? error.message : String(error);
    await side.process?.close();
  }
}

/** Share of the part's time that a side may take before it is timed; what is left is for the others. */
const WARMING = 0.6;

/** Sets a side up and lets it run once, which compiles and is not counted. */
const warm = (side: Side, seconds: number): Promise<void> =>
  attempt(side, async () => {
    const ready = async () => {
      await side.process!.ask({ setUp: side.work });
      await side.process!.ask({ run: true });
      return true;
    };
    const late = new AbortController();
    const limit = setTimeout(1000 * WARMING * seconds, false, { signal: late.signal });
    limit.catch(() => {}); // it was ready before
    const isReady = await Promise.race([ready(), limit]).finally(() => late.abort());
    if (!isReady) throw new Error(`not ready within ${Math.round(WARMING * seconds)} s`);
  });

export const step =
  (row: RowPart) =>
  async (settings: Settings, found: (result: unknown) => void): Promise<void> => {
    const work = stepOf(row, settings);
    const ours: Side = { name: 'lookalike', process: null, work, seconds: [] };
    const eager: Side = { name: 'eager', process: null, work, seconds: [] };
    const compiled: Side = { name: 'compiled', process: null, work: { ...work, compiled: true }, seconds: [] };
    const sides = [ours, eager, compiled];
    const tell = () => found({ work, sides: Object.fromEntries(sides.map((side) => [side.name, resultOf(side)])) });

    await attempt(ours, async () => {
      if (work.precision === 'float16' && !(await computesHalf({ device: work.device })))
        throw new Error('this device does not compute in float16');
      ours.process = new BenchProcess(process.execPath, [worker]);
    });
    await Promise.all(
      [eager, compiled].map((side) =>
        attempt(side, async () => {
          if (settings.noPython !== null) throw new Error(settings.noPython);
          const python = settings.python ?? (await findPython(undefined, ['torch'])).python;
          side.process = new BenchProcess(python, [peer]);
        }),
      ),
    );
    tell();
    await warm(eager, settings.seconds); // by itself: it tries kernels by the clock
    tell();
    await Promise.all([warm(ours, settings.seconds), warm(compiled, settings.seconds)]);
    tell();
    for (let round = 0; round < ROUNDS; round++) {
      for (const side of sides)
        await attempt(side, async () => {
          side.seconds.push((await side.process!.ask({ run: true })).seconds);
        });
      tell();
    }
    for (const side of sides) await side.process?.close();
  };

function resultOf({ work, seconds, error }: Side): SideResult {
  const perSecond = seconds.length === 0 ? null : unitsOf(work) / median(seconds);
  return { perSecond, rounds: seconds.length, ...(error === undefined ? {} : { error }) };
}
