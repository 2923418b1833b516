/** Follows an experiment: one line for each training that ends, one progress line, and the stop signals. */
import type { Client } from '../../shared/client.ts';
import type { Experiment, LabCell } from '../../shared/contract.ts';
import { probedBy, valueOf } from '../../shared/lab/table.ts';
import { armLabel, labText } from '../../shared/messages/lab.ts';
import { isUnderWay } from '../../shared/underWay.ts';
import type { Context } from './command.ts';
import { untilGone } from './gone.ts';
import { duration, percent } from './output.ts';
import { stoppedCode, stopSignals } from './signals.ts';

const language = 'en';
const isOver = ({ state }: LabCell) => state === 'finished' || state === 'failed';

/** How it ended, with the exit code. `begin` starts it, after the listeners are in place. */
export async function followExperiment(
  client: Client,
  context: Context,
  begin: () => Promise<string>,
): Promise<{ id: string; state: Experiment['state']; code: number }> {
  const { output } = context;
  const told = new Set<string>();
  let id: string | null = null;
  let begun = false;
  let ended!: (experiment: Experiment) => void;
  const end = new Promise<Experiment>((resolve) => (ended = resolve));
  const { gone, off } = untilGone(client, () => 'the application that runs this experiment was closed');

  const see = (experiment: Experiment) => {
    for (const cell of experiment.cells.filter(isOver)) {
      const key = `${cell.armId} ${cell.seed}`;
      if (
        told.has(key) ||
        (experiment.linear &&
          cell.state === 'finished' &&
          cell.linear === null &&
          cell.error === null &&
          experiment.state === 'running')
      )
        continue;
      told.add(key);
      output.json({ event: 'arm', experiment: experiment.id, ...cell });
      output.print(cellLine(experiment, cell));
    }
    if (isUnderWay(experiment.state)) begun = true;
    else if (begun) return ended(experiment);
    output.progress(progressLine(experiment));
  };
  const unsee = client.on('experiment', ({ experiment }) => {
    if (experiment.id === id) see(experiment);
  });
  const signals = stopSignals(context, (count) => {
    if (id === null) return false;
    output.note(count === 1 ? 'saving and stopping (once more stops at once)' : 'stopping at once');
    client.call('lab.stop', { experimentId: id, now: count > 1 }).catch(() => {}); // it may have ended in between
    return true;
  });
  try {
    id = await begin();
    signals.ready();
    begun = true;
    see(await client.call('lab.get', { experimentId: id }));
    const experiment = await Promise.race([end, gone]);
    output.clear();
    const interrupted = experiment.cells.find(({ state, error }) => state === 'interrupted' && error !== null);
    if (experiment.state === 'stopped' && interrupted && signals.count === 0) {
      output.note(
        `${nameOf(experiment, interrupted)} was interrupted; 'lookalike lab resume ${id.slice(0, 8)}' goes on from there`,
      );
      const { message, ...error } = interrupted.error!;
      throw Object.assign(new Error(message), { ...error, run: interrupted.runId });
    }
    if (experiment.state === 'stopped') {
      output.json({ event: 'stopped', experiment: id, progress: experiment.progress });
      output.note(`stopped: 'lookalike lab resume ${id.slice(0, 8)}' goes on from there`);
      return { id, state: experiment.state, code: signals.count > 1 ? stoppedCode(context.signal) : 0 };
    }
    return { id, state: experiment.state, code: 0 };
  } finally {
    signals.close();
    unsee();
    off();
    output.clear();
  }
}

const nameOf = ({ study, images, seeds }: Experiment, { armId, seed }: LabCell) =>
  `${armLabel(language, study, armId, images)}${seeds > 1 ? ` (seed ${seed})` : ''}`;

function cellLine(experiment: Experiment, cell: LabCell): string {
  const { figures } = cell;
  if (cell.state === 'failed' || !figures) return `${nameOf(experiment, cell)}: failed: ${cell.error?.message ?? ''}`;
  const { measure } = experiment;
  const before = figures.untrained[probedBy(measure)] ?? null;
  const linear = measure === 'linear' ? `, kNN ${percent(figures.knn)}` : '';
  return `${nameOf(experiment, cell)}: ${labText(language, `measure.${measure}`)} ${percent(valueOf(cell, measure))}${linear} (${percent(before)} before training), rank ${figures.rank.toFixed(1)}, loss ${figures.loss?.toFixed(2) ?? '-'}, ${labText(language, `verdict.${figures.verdict}`)}, ${duration(cell.seconds)}`;
}

function progressLine(experiment: Experiment): string {
  const { cells, etaSeconds, activity } = experiment;
  const at = cells.findIndex((cell) => !isOver(cell));
  const left = etaSeconds === null ? '' : `; ${duration(etaSeconds)} left in all`;
  if (activity === 'linear') return `linear evaluation${left}`;
  if (at < 0) return 'finishing';
  const cell = cells[at]!;
  const knn = cell.figures === null ? '' : `, ${percent(cell.figures.knn ?? cell.figures.agreement)}`;
  return `arm ${at + 1} of ${cells.length}, ${nameOf(experiment, cell)}: ${labText(language, `state.${cell.state}`)} ${Math.floor(100 * cell.progress)} %${knn}${left}`;
}
