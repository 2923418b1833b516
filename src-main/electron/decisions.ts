/**
 * What the shell decides, as pure functions: what closing the window means, whether a process that ended is
 * started again, whether the computer may sleep, what a person is told and which language it is told in.
 */
import type { AppEvent, RunSummary, Settings } from '../../shared/contract.ts';
import type { DesktopKey, DesktopLanguage } from '../../shared/messages/desktop.ts';
import type { Values } from '../../shared/messages/format.ts';
import { hasProcess, isUnderWay } from '../../shared/underWay.ts';

/** Whether a run would lose something if the program ended. */
export const isBusy = (run: Pick<RunSummary, 'state'>): boolean => isUnderWay(run.state);

export type Closing = 'close' | 'hide' | 'ask' | 'quit';

/** What closing the window does. On macOS a program without a window goes on. */
export function onClose({
  quitting,
  busy,
  setting,
  platform,
}: {
  quitting: boolean;
  busy: boolean;
  setting: Settings['closeWhileTraining'];
  platform: string;
}): Closing {
  if (quitting) return 'close';
  if (!busy) return platform === 'darwin' ? 'hide' : 'quit';
  switch (setting) {
    case 'background':
      return 'hide';
    case 'stop':
      return 'quit';
    case 'ask':
      return 'ask';
    default:
      return setting satisfies never;
  }
}

/** Ended without being asked to. Three times within a minute it is not started again: something is wrong that a start does not cure. */
export function afterCrash(crashes: readonly number[], now: number): 'restart' | 'give-up' {
  return crashes.filter((at) => now - at < 60_000).length >= 3 ? 'give-up' : 'restart';
}

/** The computer must not fall asleep while steps are computed. A paused run may wait in its sleep. */
export const keepsAwake = (runs: Iterable<Pick<RunSummary, 'state'>>): boolean =>
  [...runs].some(({ state }) => state === 'running');

/** Progress, 0 to 1, of the run that trains or is paused; null when there is none or its length is not known yet. */
export function progressOf(runs: Iterable<Pick<RunSummary, 'state' | 'step' | 'steps'>>): number | null {
  for (const { state, step, steps } of runs) if (hasProcess(state) && steps) return Math.min(1, step / steps);
  return null;
}

export interface Notice {
  title: DesktopKey;
  body: DesktopKey;
  values: Values;
  /** Put into the text as its value `reason`, in the person's language. */
  error: RunSummary['error'];
  runId: string;
}

/** What is said when a run changed from `before` to `after`; null: nothing worth a notification. */
export function noticeOfRun(
  before: RunSummary['state'] | null,
  after: Pick<RunSummary, 'id' | 'name' | 'state' | 'error'>,
): Notice | null {
  if (before === null || before === after.state) return null;
  const { id: runId, error } = after;
  const values = { name: after.name };
  if (after.state === 'finished')
    return { title: 'notice.finished.title', body: 'notice.finished.body', values, error, runId };
  if (after.state === 'failed')
    return { title: 'notice.failed.title', body: 'notice.failed.body', values, error, runId };
  // its device gave up; one that only lost its process says nothing
  if (after.state === 'interrupted' && error)
    return { title: 'notice.interrupted.title', body: 'notice.failed.body', values, error, runId };
  return null;
}

/** A run that collapses, fails to learn or diverges. `before`: the verdict that was last told of this run. */
export function noticeOfVerdict(
  before: string | null,
  { runId, judgement }: Extract<AppEvent, { name: 'verdict' }>,
  name: string,
): Notice | null {
  const { verdict } = judgement;
  if (verdict === before || verdict === 'healthy' || verdict === 'suspicious') return null;
  return { title: `notice.${verdict}.title`, body: 'notice.verdict.body', values: { name }, error: null, runId };
}

/** The person's choice, else the first language of the system that there is a catalogue for. */
export function languageOf(setting: Settings['language'], system: readonly string[]): DesktopLanguage {
  if (setting !== 'system') return setting;
  for (const language of system) {
    if (language.toLowerCase().startsWith('zh')) return 'zh-CN';
    if (language.toLowerCase().startsWith('en')) return 'en';
  }
  return 'en';
}
