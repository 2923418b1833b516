/** What train.py wrote down as it went: rows of the history, steps, and the figures of the untrained network. */
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { EpochMetrics, ProbeMetrics, StepMetrics } from '../../../shared/metricRows.ts';
import { TrainerError } from '../errors.ts';

/** Steps that are kept at most: what a curve shows is far fewer. */
const mostSteps = 20_000;

export interface ClusterHistory {
  untrained: ProbeMetrics | null;
  rows: EpochMetrics[];
  steps: StepMetrics[];
}

/** The complete lines of a file: a process that is killed as it writes leaves the beginning of one. */
async function* wholeLines(file: string): AsyncGenerator<string> {
  let before: string | null = null;
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    if (before !== null) yield before;
    before = line;
  }
  if (before !== null && (await endsLine(file))) yield before;
}

async function endsLine(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const last = new Uint8Array(1);
    await file.read(last, 0, 1, size - 1);
    return last[0] === 0x0a;
  } finally {
    await file.close();
  }
}

/**
 * Reads what train.py recorded up to step `last`, that of the newest checkpoint: what came behind it was lost with its
 * process. A step that was computed twice counts as it was computed last. A folder without the file has no history.
 * @throws TrainerError bad-result naming the line
 */
export async function readHistory(file: string, last: number): Promise<ClusterHistory> {
  const history: ClusterHistory = { untrained: null, rows: [], steps: [] };
  if (!(await stat(file).catch(() => null))) return history;
  const rows = new Map<number, EpochMetrics>();
  let steps = new Map<number, StepMetrics>();
  /** Steps between two that are kept; doubled whenever they become too many. */
  let every = 1;
  let number = 0;
  for await (const line of wholeLines(file)) {
    number++;
    try {
      const { kind, ...fields } = JSON.parse(line) as { kind?: unknown };
      if (kind === 'untrained') history.untrained = ProbeMetrics.parse((fields as { metrics: unknown }).metrics);
      else if (kind === 'row') {
        const row = EpochMetrics.parse(fields);
        if (row.step <= last) rows.set(row.step, row);
      } else if (kind === 'step') {
        const step = StepMetrics.parse(fields);
        if (step.step > last || step.step % every !== 0) continue;
        steps.set(step.step, step);
        if (steps.size <= mostSteps) continue;
        every *= 2;
        steps = new Map([...steps].filter(([at]) => at % every === 0));
      } else throw new Error('another kind of line');
    } catch (error) {
      throw new TrainerError('bad-result.line', { file, line: number }, undefined, { cause: error });
    }
  }
  const ordered = <T extends { step: number }>(of: Map<number, T>) => [...of.values()].sort((a, b) => a.step - b.step);
  return { ...history, rows: ordered(rows), steps: ordered(steps) };
}
