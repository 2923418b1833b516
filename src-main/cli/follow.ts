/**
 * Follows a run to its end: the JSON events or the table on stdout, one progress line on stderr, and the stop
 * signals: the first saves and stops, the second stops at once.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Baselines } from '../../shared/baselines.ts';
import type { Client } from '../../shared/client.ts';
import type { PlanNote, Run, RunSummary } from '../../shared/contract.ts';
import type { EpochMetrics } from '../../shared/metricRows.ts';
import type { Judgement } from '../../shared/verdict/judgement.ts';
import { counted } from '../../shared/messages/format.ts';
import { isUnderWay } from '../../shared/underWay.ts';
import { homePaths } from '../app/reach.ts';
import type { Context } from './command.ts';
import { epochEvent, epochHeader, epochRow } from './epochs.ts';
import { verdictWord } from './verdictWord.ts';
import { round } from './find.ts';
import { baselinesLine, beforeTraining, costLine, duration, estimateOf, oneLine, percent, quoted } from './output.ts';
import { withSession } from './session.ts';
import { untilGone } from './gone.ts';
import { stoppedCode, stopSignals } from './signals.ts';

/**
 * How a run that is followed ended, as an exit code. `begin` starts it, after the listeners are in place; `notes` is
 * what its plan said.
 */
export async function follow(
  client: Client,
  context: Context,
  runId: () => string | null,
  begin: () => Promise<string>,
  notes: () => readonly PlanNote[] = () => [],
): Promise<number> {
  const { output } = context;
  let pending: EpochMetrics | null = null;
  let lastVerdict: string | null = null;
  let headed = false;
  let begun = false;
  /** The notice last shown of a run that goes on, such as that its device ran out of memory. */
  let noticed: string | null = null;
  const mine = (id: string) => id === runId();
  const event = (name: string, fields: object) => output.json({ event: name, run: runId(), ...fields });

  /** The event of the start, until what the run is compared with is known: some seconds beside its first steps. */
  let held: ((baselines: Baselines | null) => void) | null = null;
  const tellStart = (baselines: Baselines | null = null) => {
    held?.(baselines);
    held = null;
  };

  const flushEpoch = (judgement: Judgement | null) => {
    if (!pending) return;
    const row = pending;
    tellStart();
    event('epoch', epochEvent(row, judgement?.verdict ?? null));
    if (!headed) output.print(epochHeader);
    headed = true;
    output.print(epochRow(row, verdictWord(judgement)));
    pending = null;
  };

  let ended!: (run: RunSummary) => void;
  const end = new Promise<RunSummary>((resolve) => (ended = resolve));
  const stops = [
    client.on('started', (e) => {
      if (!mine(e.runId)) return;
      const fields = {
        device: e.device,
        images: e.images,
        skipped: e.skipped.map(({ file, reason }) => ({ file, reason })),
        skippedTotal: e.skippedTotal,
        config: e.config,
        estimate: estimateOf(e.estimate),
        notes: [...notes(), ...(e.notice ? [e.notice] : [])].map(({ message }) => message),
      };
      held = (baselines) => event('start', { ...fields, baselines });
      if (e.baselines) tellStart(e.baselines);
      const { backbone, imageSize, batchSize } = e.config;
      output.print(
        `run ${e.runId}: ${backbone.name} × ${backbone.width}, ${imageSize} px, batch ${batchSize}, on ${e.device}`,
      );
      output.print(`${counted(e.images, 'photo')}, ${costLine(e.estimate)}`);
      if (e.baselines) output.print(baselinesLine(e.baselines));
      for (const { file, reason } of e.skipped.slice(0, 5)) output.print(`skipped ${oneLine(file)}: ${reason}`);
      if (e.skippedTotal > 5) output.print(`and ${counted(e.skippedTotal - 5, 'more skipped file')}`);
    }),
    client.on('baselines', (e) => {
      if (!mine(e.runId)) return;
      tellStart(e.baselines);
      if (e.baselines) output.print(baselinesLine(e.baselines));
    }),
    client.on('epoch', (e) => {
      if (!mine(e.runId)) return;
      flushEpoch(null);
      pending = e.metrics;
    }),
    client.on('verdict', (e) => {
      if (!mine(e.runId)) return;
      const { verdict, sentence, advice } = e.judgement;
      flushEpoch(e.judgement);
      if (verdict === lastVerdict) return;
      tellStart();
      event('verdict', { verdict, sentence, advice: advice.map((item) => item.text) });
      if (lastVerdict !== null || verdict !== 'healthy')
        output.print(`${sentence}${advice[0] ? ` ${advice[0].text}` : ''}`);
      lastVerdict = verdict;
    }),
    client.on('run', ({ run }) => {
      if (!mine(run.id)) return;
      if (isUnderWay(run.state)) begun = true;
      if (run.state === 'running' && run.error && run.error.message !== noticed)
        output.note((noticed = run.error.message));
      if (begun && !isUnderWay(run.state)) ended(run);
      else output.progress(progressLine(run));
    }),
  ];
  const { gone, off } = untilGone(
    client,
    () => `the application that trains this run was closed: 'lookalike resume ${runId() ?? 'RUN'}' goes on`,
  );

  const signals = stopSignals(context, (count) => {
    const id = runId();
    if (id === null) return false;
    output.note(count === 1 ? 'saving and stopping (once more stops at once)' : 'stopping at once');
    client.call('runs.stop', { runId: id, now: count > 1 }).catch(() => {}); // it may have ended in between
    return true;
  });
  try {
    const id = await begin();
    begun = true;
    signals.ready();
    // one that was stopped as soon as it was begun may have ended before anything was heard of it
    const look = client.call('runs.get', { runId: id });
    look.then((run) => !isUnderWay(run.state) && ended(run)).catch(() => {});
    const run = await Promise.race([end, gone]).catch(async (error: Error) => {
      const found = await endOf(context, id);
      if (!found) throw error;
      return found;
    });
    flushEpoch(null);
    tellStart();
    output.clear();
    return await report(client, context, run, id, signals.count);
  } finally {
    tellStart(); // also of a run whose application went away
    signals.close();
    for (const stop of [...stops, off]) stop();
    output.clear();
  }
}

/** The run as it finished or failed before the application went away; null where it did neither or cannot be asked. */
async function endOf(context: Context, runId: string): Promise<Run | null> {
  const look = withSession(context, ({ client }) => client.call('runs.get', { runId }));
  const run = await look.catch(() => null);
  return run?.state === 'finished' || run?.state === 'failed' ? run : null;
}

async function report(
  client: Client,
  context: Context,
  run: RunSummary | Run,
  id: string,
  asked: number,
): Promise<number> {
  const { output } = context;
  const resume = `'lookalike resume ${id}' goes on from there`;
  if (run.state === 'finished' && !run.error) {
    const { untrained, config } = 'untrained' in run ? run : await client.call('runs.get', { runId: id });
    const checkpoint = newestCheckpoint(context.home, id);
    output.json({
      event: 'done',
      run: id,
      checkpoint,
      epochs: run.epoch,
      seconds: run.trainingSeconds,
      verdict: run.judgement?.verdict ?? null,
      knn: run.knn,
      agreement: run.agreement,
      untrained: { knn: untrained?.knn ?? null, agreement: untrained?.agreement ?? null },
      baselines: run.baselines,
    });
    const name = beforeTraining(config);
    const before = (value: number | null | undefined) => (value == null ? '' : ` (${name} ${percent(value)})`);
    const knn = run.knn === null ? '' : `, kNN ${percent(run.knn)}${before(untrained?.knn)}`;
    output.print(
      `done in ${duration(run.trainingSeconds)}${knn}, neighbour agreement ${percent(run.agreement)}${before(untrained?.agreement)}`,
    );
    if (run.judgement) output.print(run.judgement.sentence);
    output.print(checkpoint ?? '');
    return 0;
  }
  if (run.state === 'stopped') {
    if (asked === 0 && (await isDeleted(client, id)))
      throw Object.assign(new Error(`run ${oneLine(run.name)} was deleted while it trained`), { run: id });
    output.json({ event: 'stopped', run: id, epoch: run.epoch, step: run.step });
    output.note(`stopped at epoch ${round(run.epoch)}: ${resume}`);
    return asked > 1 ? stoppedCode(context.signal) : 0;
  }
  const remedy = remedyOf(run.error);
  if (remedy) output.note(remedy);
  const error = run.error ?? { name: 'Error', code: 'interrupted', message: `the run was interrupted: ${resume}` };
  throw Object.assign(new Error(error.message), {
    name: error.name,
    code: error.code,
    details: error.details,
    run: id,
  });
}

/** The command for what a window has a button for. */
function remedyOf(error: RunSummary['error']): string | null {
  const folder = quoted(String(error?.values?.['folder'] ?? ''));
  if (error?.key === 'photos-gone.some' || error?.key === 'photos-gone.disk')
    return `what is gone is left out once the folder is read again:  lookalike relocate ${folder} ${folder}`;
  if (error?.key === 'photos-gone.folder' || error?.key === 'photos-gone.vanished')
    return `where the folder is now is said by:  lookalike relocate ${folder} NEW`;
  return null;
}

/** Whether somebody else has deleted it, which stops it. */
const isDeleted = (client: Client, runId: string): Promise<boolean> =>
  client.call('runs.get', { runId }).then(
    () => false,
    (error: { code?: unknown }) => error.code === 'not-found',
  );

/** The command line may know where the home keeps its files; a window may not. */
function newestCheckpoint(home: string, runId: string): string | null {
  const folder = homePaths(home).checkpoints(runId);
  const names = readdirSync(folder)
    .filter((name) => /^step-\d+\.safetensors$/.test(name))
    .sort();
  return names.length > 0 ? join(folder, names.at(-1)!) : null;
}

function progressLine(run: RunSummary): string {
  if (run.state === 'queued') return 'waiting for another run to end';
  if (run.state === 'paused') return `paused at epoch ${round(run.epoch)}`;
  const { activity } = run;
  if (activity) {
    const share = activity.fraction > 0 && activity.fraction < 1 ? ` ${Math.round(100 * activity.fraction)} %` : '';
    return `${activity.message}${share}${activity.etaSeconds ? `, ${duration(activity.etaSeconds)} left` : ''}`;
  }
  const share = run.steps ? ` (${Math.floor((100 * run.step) / run.steps)} %)` : '';
  const speed = run.imagesPerSecond ? `, ${run.imagesPerSecond.toFixed(0)} photos/s` : '';
  const left = run.etaSeconds === null ? '' : `, ${duration(run.etaSeconds)} left`;
  return `epoch ${run.epoch.toFixed(2)} of ${run.epochs === null ? '?' : round(run.epochs)}${share}${speed}${left}`;
}
