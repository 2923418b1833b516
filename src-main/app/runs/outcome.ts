/** What the end of a training makes of its run. */
import { toWireError } from '../../../shared/contract.ts';
import type { RunState, WireError } from '../../../shared/contract.ts';
import type { RunRow } from '../../db/index.ts';
import type { JobEnd } from '../compute/process.ts';
import type { AppContext } from '../context.ts';
import { ofHome } from '../homeFailure.ts';
import { isDeviceError } from './deviceErrors.ts';
import { newestResumable } from './trainJob.ts';

const states = { done: 'finished', stopped: 'stopped', failed: 'failed' } as const satisfies Record<
  JobEnd['type'],
  RunState
>;

/** What changes in the row of a run that has ended so. */
export function outcomeOf(context: AppContext, runId: string, end: JobEnd): Partial<Omit<RunRow, 'id'>> {
  const deviceFailed = end.type === 'failed' && isDeviceError(end.error);
  return {
    state: deviceFailed ? 'interrupted' : states[end.type],
    endedAt: Date.now(),
    etaSeconds: null,
    error: end.type === 'failed' ? told(end.error, context) : null,
    ...(end.type === 'done' ? { extendBy: null, extendFrom: null } : unextended(context, runId)),
  };
}

/** A checkpoint that could not be written is a matter of the home, for which no other folder can be chosen. */
function told(error: WireError, { paths }: AppContext): WireError {
  const ofTheHome = ofHome(error, paths.home);
  return ofTheHome === error ? error : toWireError(ofTheHome);
}

/** What makes a run whose extension came to nothing the finished run that it was; {} where it is no such run. */
function unextended(context: AppContext, runId: string): Partial<Omit<RunRow, 'id'>> {
  const { extendBy, extendFrom } = context.store.runs.get(runId)!;
  const last = newestResumable(context, runId);
  if (extendBy === null || last?.kept !== 'final' || last.step !== extendFrom) return {};
  const [epochs, steps] = [Math.round(last.epoch), last.step];
  return { state: 'finished', extendBy: null, extendFrom: null, epochs, steps };
}
