/** The training loop on doubles of all that computes and writes, with a trace of what they were asked for. */
import { mergeConfig, parseConfig } from '../../shared/config.ts';
import type { ConfigPatch } from '../../shared/config.ts';
import type { Command, Report } from '../../shared/contract/report.ts';
import type { ProbeMetrics } from '../../shared/metricRows.ts';
import type { State } from '../../src-main/engine/index.ts';
import { Control } from '../../src-main/trainer/control.ts';
import { trainingLoop } from '../../src-main/trainer/loop.ts';
import type { LoopInput } from '../../src-main/trainer/loop.ts';
import { createSchedule } from '../../src-main/trainer/schedule.ts';
import type { Schedule } from '../../src-main/trainer/schedule.ts';
import { tinyRun } from '../helpers/tiny.ts';
import { recordedRun } from './recordings.ts';

const { untrained } = recordedRun('narrow-simsiam');
const known = { measure: 'agreement', pixels: 0.1, whitened: 0.1, hog: 0.1, untrained: 0.1, start: 0.9 } as const;
/** Steps an epoch. */
export const perEpoch = 4;

type Asked = Extract<Command, { type: 'pause' | 'resume' | 'stop' }>['type'];

interface Setting {
  patch?: ConfigPatch;
  epochs?: number;
  schedule?: (config: LoopInput['config']) => Schedule;
  /** What is asked of the run while this step is done; a pause is followed by what is asked next. */
  asked?: Record<number, Asked>;
  /** What is asked while it is paused. */
  whilePaused?: Asked;
  /** Steps of which the metrics come together. */
  together?: number;
  /** The loss of a step. */
  loss?: (step: number) => number;
  /** What fails in this step. */
  failing?: Record<number, Error>;
  /** Ends of epochs at which a checkpoint is written; default: all. */
  saves?: number[];
  figures?: (step: number) => Partial<ProbeMetrics>;
  /** Of what the run is compared with, what is measured beside its steps, and the step from which on it is there. */
  restAt?: number;
  more?: Partial<LoopInput>;
}

/** Runs the loop on doubles of all that computes and writes; what they were asked for stands in `trace`, reports among it. */
export async function ran(setting: Setting) {
  const trace: string[] = [];
  const reports: Report[] = [];
  const control = new Control();
  const say = (type: Asked) => control.receive(type === 'stop' ? { type, now: false } : { type });
  const patch = mergeConfig({ ...tinyRun, epochs: setting.epochs ?? 3 }, setting.patch ?? {});
  const config = parseConfig(patch);
  const schedule = setting.schedule?.(config) ?? createSchedule(config, perEpoch, config.epochs! * perEpoch);
  const { more = {} } = setting;
  const startStep = more.resumed?.step ?? 0;
  let step = startStep + (more.begun?.length ?? 0);
  const unread: number[] = [];
  const read = () => unread.splice(0).map((of) => ({ loss: setting.loss?.(of) ?? -0.01 * of, zStd: 1 }));
  const session = {
    advance: async () => {
      step++;
      trace.push(`step ${step}`);
      if (setting.failing?.[step]) throw setting.failing[step];
      unread.push(step);
      if (setting.asked?.[step]) say(setting.asked[step]);
      return Promise.resolve(unread.length >= (setting.together ?? 1) ? read() : []);
    },
    settle: async () => Promise.resolve(read()),
    readState: async () => (trace.push(`read ${step}`), Promise.resolve(new Map())),
  };
  const sessions = {
    session,
    monitor: {
      probe: async (_: State, last: boolean) => {
        trace.push(last ? `last probe ${step}` : `probe ${step}`);
        const metrics = { ...untrained, ...setting.figures?.(step) };
        return Promise.resolve({ metrics, strip: [], readout: null });
      },
    },
    batchAt: async (epoch: number, stepInEpoch: number) => (
      trace.push(`batch ${epoch}.${stepInEpoch}`),
      Promise.resolve({ views: [], images: new Float32Array(), waited: 0 })
    ),
  } as unknown as LoopInput['sessions'];
  const saved: { step: number; sinceRow: { steps: number }; lastRow: { step: number } | null }[] = [];
  const saver = {
    latest: { step: startStep },
    due: (epochEnd: number | null) => epochEnd !== null && (setting.saves?.includes(epochEnd) ?? true),
    assertFinite: () => trace.push('look for infinite numbers'),
    notFinite: (of: number, what: string) => new Error(`${what} of step ${of}`),
    save: async (_: State, worth: unknown, moment: (typeof saved)[number]) => {
      trace.push(worth ? `save ${moment.step} with its figures` : `save ${moment.step}`);
      saved.push({ ...moment, sinceRow: { ...moment.sinceRow } });
      saver.latest = { path: '', epoch: 0, step: moment.step };
      return Promise.resolve();
    },
  } as unknown as LoopInput['saver'];
  const measured: number[] = [];
  const report = (one: Report) => {
    reports.push(one);
    if (one.type === 'steps') return; // sent in batches, as time passes
    trace.push(one.type === 'epoch' ? `row ${one.metrics.step}` : one.type);
    if (one.type === 'paused' && setting.whilePaused) setImmediate(() => say(setting.whilePaused!));
  };
  const rest = {
    isReady: () => step >= setting.restAt!,
    probes: 0,
    measure: async () => (trace.push('measure the rest'), Promise.resolve(known)),
  };
  const run = trainingLoop({
    config,
    schedule,
    sessions,
    saver,
    context: { control, report } as unknown as LoopInput['context'],
    comparison: {
      untrained,
      baselines: setting.restAt === undefined ? known : null,
      rest: setting.restAt === undefined ? null : rest,
      secondsPerProbe: 1,
      readout: null,
      notice: null,
    },
    compared: () => trace.push('compared'),
    begun: [],
    history: [],
    resumed: null,
    measured: (seconds) => measured.push(seconds),
    ...more,
  });
  const result = await run.catch((error: unknown) => error as Error);
  const steps = reports.flatMap((one) => (one.type === 'steps' ? one.steps : []));
  const verdicts = reports.flatMap((one) => (one.type === 'verdict' ? [one.judgement.verdict] : []));
  return { result, trace, steps, saved, verdicts, measured, reports };
}
