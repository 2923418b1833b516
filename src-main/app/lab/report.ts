/** Reports of experiments: gathers what they are made of, the tables as CSV, and writes the files whole. */
import { join } from 'node:path';
import { csvLine } from '../../../shared/csv.ts';
import type { Experiment, ReportLanguage } from '../../../shared/contract.ts';
import { valueOf } from '../../../shared/lab/table.ts';
import { studyOf } from '../../../shared/lab/studies.ts';
import { metricNames, metricOf } from '../../../shared/metrics.ts';
import { valueAt } from '../../../shared/metricRows.ts';
import { nameIn } from '../../../shared/naming.ts';
import type { EpochMetrics } from '../../../shared/metricRows.ts';
import { writeFileAtomic } from '../../files/index.ts';
import type { AppContext } from '../context.ts';
import { Targets, unwritable } from '../target.ts';
import { reportHtml } from './reportHtml.ts';

export interface ReportFile {
  file: string;
  /** Media type. */
  type: string;
  text: string;
}

const text = (value: number | null | undefined): string =>
  value == null || !Number.isFinite(value) ? '' : String(Number(value.toPrecision(6)));

/** report.html, arms.csv (a row for each arm and seed) and epochs.csv (a row for each of their probes). */
export function reportFiles(
  { store, host }: AppContext,
  experiment: Experiment,
  language: ReportLanguage,
): ReportFile[] {
  const { plan } = store.lab.get(experiment.id)!;
  const curves = experiment.cells.flatMap(({ armId, seed, runId }) => {
    const run = runId === null ? undefined : store.runs.get(runId);
    return run ? [{ armId, seed, untrained: run.untrained, epochs: store.metrics.epochs(run.id) }] : [];
  });
  const configs = new Map(plan.arms.map(({ armId, config }) => [armId, config]));
  const { datasetName: name, datasetNaming: naming } = experiment;
  const named = { ...experiment, datasetName: nameIn(language, { name, naming }) };
  const html = reportHtml({ language, experiment: named, configs, curves, version: host.version, now: Date.now() });
  return [
    { file: 'report.html', type: 'text/html', text: html },
    { file: 'arms.csv', type: 'text/csv', text: armsCsv(experiment) },
    { file: 'epochs.csv', type: 'text/csv', text: epochsCsv(curves) },
  ];
}

/** Accuracies and agreement as fractions, 0 to 1; the paper's in % as it has them. Empty: not there. */
function armsCsv({ study, images, measure, cells }: Experiment): string {
  const inPaper = studyOf(study).paper !== null;
  const arms = new Map(
    studyOf(study)
      .arms({ images })
      .map((arm) => [arm.id, arm]),
  );
  const header = [
    'study',
    'arm',
    'seed',
    'state',
    'measure',
    'value',
    'knn',
    'agreement',
    'linear',
    'untrained_knn',
    'untrained_agreement',
    'free',
    'loss',
    'rank',
    'untrained_rank',
    'z_std',
    'verdict',
    'epochs',
    'seconds',
    'run',
    'error',
    'paper_top1_percent',
    'paper_outcome',
  ];
  const rows = cells.map((cell) => {
    const { figures } = cell;
    const paper = inPaper ? arms.get(cell.armId)?.paper : undefined;
    return [
      study,
      cell.armId,
      String(cell.seed),
      cell.state,
      measure,
      text(valueOf(cell, measure)),
      text(figures?.knn),
      text(figures?.agreement),
      text(cell.linear),
      text(figures?.untrained.knn),
      text(figures?.untrained.agreement),
      text(figures?.free),
      text(figures?.loss),
      text(figures?.rank),
      text(figures?.untrained.rank),
      text(figures?.zStd),
      figures?.verdict ?? '',
      text(figures?.epoch),
      text(cell.seconds),
      cell.runId ?? '',
      cell.error?.message ?? '',
      text(paper?.top1),
      paper?.outcome ?? '',
    ];
  });
  return [header, ...rows].map(csvLine).join('');
}

function epochsCsv(curves: readonly { armId: string; seed: number; epochs: readonly EpochMetrics[] }[]): string {
  const header = [
    'arm',
    'seed',
    'epoch',
    'step',
    'training_seconds',
    ...metricNames.map((name) => metricOf(name).csv ?? name),
  ];
  const rows = curves.flatMap(({ armId, seed, epochs }) =>
    epochs.map((row) => [
      armId,
      String(seed),
      ...[row.epoch, row.step, row.trainingSeconds, ...metricNames.map((name) => valueAt(row, name))].map(text),
    ]),
  );
  return [header, ...rows].map(csvLine).join('');
}

/** @param folder a whole path, or null for one below the app's own exports. @throws AppError bad-folder, FileError not-ours */
export async function writeReport(
  context: AppContext,
  experiment: Experiment,
  language: ReportLanguage,
  folder: string | null,
  replace: boolean,
): Promise<{ folder: string; files: { file: string; bytes: number }[] }> {
  const contents = reportFiles(context, experiment, language);
  const targets = new Targets(context);
  const target = await targets.open(
    folder ?? join(context.paths.exports, `${experiment.study}-${experiment.id.slice(0, 8)}`),
    contents.map(({ file }) => file),
    replace,
  );
  try {
    for (const { file, text } of contents) await writeFileAtomic(join(target, file), text);
    await targets.seal(
      target,
      contents.map(({ file }) => file),
    );
  } catch (error) {
    throw unwritable(target, error);
  } finally {
    await targets.release();
  }
  return { folder: target, files: contents.map(({ file, text }) => ({ file, bytes: Buffer.byteLength(text) })) };
}
