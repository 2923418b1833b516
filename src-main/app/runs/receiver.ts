/**
 * What a trainer reports, as rows of the history and events for the windows. Small changes of a run are gathered and
 * told twice a second; what a person waits for is told at once. How the training ends is the supervisor's.
 */
import { basename } from 'node:path';
import type { Report } from '../../../shared/contract.ts';
import { Gone } from '../../db/index.ts';
import type { RunRow } from '../../db/index.ts';
import type { AppContext } from '../context.ts';
import { throttled } from '../events.ts';
import { inPieces } from '../library/lists.ts';
import { unhurried } from '../unhurried.ts';
import type { RunDescriber } from './describe.ts';

export interface Receiver {
  report(report: Report): void;
  /** Writes down what was gathered. */
  flush(): Promise<void>;
}

/** Skipped files that are told as a run begins; the library lists all. */
const TOLD = 1000;

/** @param onFault what the trainer said could not be written down */
export function receiveReports(
  { store, events }: AppContext,
  describer: RunDescriber,
  runId: string,
  onFault: (error: unknown) => void,
): Receiver {
  const guarded =
    <T extends unknown[]>(work: (...given: T) => void) =>
    (...given: T) => {
      try {
        work(...given);
      } catch (error) {
        onFault(error);
      }
    };
  const changes: Partial<Omit<RunRow, 'id'>> = {};
  const write = guarded(() => {
    store.runs.update(runId, changes);
    for (const key of Object.keys(changes)) delete changes[key as keyof typeof changes];
    describer.announce(runId);
  });
  const tell = throttled(write, 500);
  const change = (patch: typeof changes) => {
    Object.assign(changes, patch);
    tell();
  };
  const now = (patch: typeof changes) => {
    change(patch);
    tell.flush();
  };
  let idle = false; // there is an activity to take back
  const working = () => {
    if (idle) describer.setActivity(runId, null);
    idle = false;
  };
  const begin = async (message: Extract<Report, { type: 'started' }>): Promise<void> => {
    working();
    const { datasetId } = store.runs.get(runId)!;
    const folder = store.images.folderOf(datasetId);
    const idOf = (file: string) => store.images.named(folder, file).find(({ gone }) => gone === Gone.here)?.id;
    await inPieces(message.skipped, (some) => {
      store.images.putSkipped(
        datasetId,
        some.map((item) => ({ ...item, id: idOf(item.file) })),
      );
      return [];
    });
    const { total, files } = await unhurried(store.images.skipped(datasetId, 0, TOLD));
    const { device, images, config, estimate, startStep, notice, baselines } = message;
    // A comparison of the lab and the way out of a failure are no choice for the runs to come.
    if (startStep === 0 && store.lab.linkOf(runId) === undefined)
      store.settings.rememberDevice(store.runs.get(runId)!.config.device);
    // how its photos are kept is decided once, and stands whatever the disk has left when it goes on
    const { config: settings } = store.runs.get(runId)!;
    store.runs.update(runId, { config: { ...settings, copies: config.copies } });
    store.metrics.rewind(runId, startStep); // an earlier one than was asked for, where that is damaged
    now({
      state: 'running',
      device,
      images,
      skipped: total,
      step: startStep,
      epoch: message.startEpoch,
      steps: message.totalSteps,
      startedAt: store.runs.get(runId)!.startedAt ?? Date.now(),
      etaSeconds: estimate.seconds,
      ...(notice && { error: notice }),
      baselines,
    });
    events.emit({
      name: 'started',
      runId,
      device,
      images,
      skipped: files,
      skippedTotal: total,
      config,
      estimate,
      startStep,
      notice,
      baselines,
    });
  };
  /** What is reported while the beginning is written down, which takes turns where very many files are skipped. */
  let waiting: Report[] | null = null;
  let begun = Promise.resolve();
  const report = (message: Report): void => {
    if (waiting) return void waiting.push(message);
    if (message.type !== 'started') return record(message);
    waiting = [];
    begun = begin(message)
      .catch(onFault)
      .then(() => {
        const late = waiting!;
        waiting = null;
        for (const each of late) guarded(report)(each);
      });
  };
  const record = (message: Exclude<Report, { type: 'started' }>): void => {
    switch (message.type) {
      case 'progress':
        describer.setActivity(runId, message);
        idle = true;
        tell();
        break;
      case 'notice':
        now({ error: message.notice });
        break;
      case 'baselines':
        now({ baselines: message.baselines });
        events.emit({ name: 'baselines', runId, baselines: message.baselines });
        break;
      case 'untrained':
        change({ untrained: message.metrics });
        events.emit({ name: 'untrained', runId, metrics: message.metrics });
        break;
      case 'steps': {
        working();
        store.metrics.putSteps(runId, message.steps);
        const last = message.steps.at(-1);
        const { etaSeconds } = message;
        if (last)
          change({
            step: last.step,
            epoch: last.epoch,
            trainingSeconds: last.trainingSeconds,
            ...(etaSeconds !== null && { etaSeconds }),
          });
        events.emit({ name: 'steps', runId, steps: message.steps });
        break;
      }
      case 'epoch': {
        const { metrics } = message;
        store.metrics.putEpoch(runId, metrics);
        describer.forget(runId);
        const { epoch, step, etaSeconds, imagesPerSecond, trainingSeconds } = metrics;
        now({ epoch, step, etaSeconds, imagesPerSecond, trainingSeconds });
        events.emit({ name: 'epoch', runId, metrics });
        break;
      }
      case 'verdict':
        store.metrics.putVerdict(runId, changes.step ?? store.runs.get(runId)!.step, message.judgement);
        now({ judgement: message.judgement });
        events.emit({ name: 'verdict', runId, judgement: message.judgement });
        break;
      case 'strip': {
        const { epoch, step, queries } = message;
        store.metrics.putStrip(runId, { epoch, step, queries });
        events.emit({ name: 'strip', runId, step });
        break;
      }
      case 'checkpoints':
        store.checkpoints.replace(
          runId,
          message.files.map((item) => ({ ...item, file: basename(item.file) })),
          Date.now(),
        );
        tell();
        events.emit({ name: 'checkpoints', runId });
        break;
      case 'paused':
        now({ state: 'paused' });
        break;
      case 'resumed':
        now({ state: 'running' });
        break;
      case 'ready':
      case 'heartbeat':
      case 'queryResult':
      case 'stopped':
      case 'done':
      case 'failed':
        break; // these are ComputeProcess's
      default:
        message satisfies never;
    }
  };
  const flush = async (): Promise<void> => {
    while (waiting) await begun;
    tell();
    tell.flush();
  };
  return { report: guarded(report), flush };
}
