/**
 * The stop signals while something is followed: the first asks it to save and stop, the second to stop at once; when
 * even that is not heeded, the process ends a little later.
 */
import { constants } from 'node:os';
import { endProcess } from '../files/index.ts';
import type { Context } from './command.ts';

export const stopNames = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Why a command is given up; shells know what a signal ended by 128 and its number. */
export class Stopped extends Error {
  readonly exitCode: number;

  constructor(name: (typeof stopNames)[number]) {
    super('stopped');
    this.exitCode = 128 + constants.signals[name];
  }
}

/** The exit code of a command that was stopped before it was done. */
export const stoppedCode = ({ reason }: AbortSignal): number => (reason instanceof Stopped ? reason.exitCode : 1);

let held = 0;

/** Something is saved after the first signal, which may take its time; call what it returns when that is over. */
export function holdProcess(): () => void {
  held++;
  let mine = true;
  return () => {
    if (mine) held--;
    mine = false;
  };
}

/** Whether the process has something to save. */
export const isHeld = (): boolean => held > 0;

export interface StopSignals {
  /** How often was asked. */
  readonly count: number;
  /** There is something to stop now: a signal that came while it was being started counts. */
  ready(): void;
  close(): void;
}

/** @param ask with the number of the signal; answers false while there is nothing to stop yet */
export function stopSignals({ signal }: Context, ask: (count: number) => boolean): StopSignals {
  let count = 0;
  const release = holdProcess();
  const stop = () => {
    if (!ask(count + 1)) return;
    count++;
    if (count > 1) setTimeout(() => endProcess(stoppedCode(signal)), 5000).unref();
  };
  for (const name of stopNames) process.on(name, stop);
  return {
    get count() {
      return count;
    },
    ready: () => {
      if (signal.aborted && count === 0) stop();
    },
    close: () => {
      release();
      for (const name of stopNames) process.off(name, stop);
    },
  };
}
