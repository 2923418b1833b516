/**
 * The stop signals while something is followed: the first asks it to save and stop, the second to stop at once; when
 * even that is not heeded, the process ends a little later.
 */
import type { Context } from './command.ts';

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
  const stop = () => {
    if (!ask(count + 1)) return;
    count++;
    if (count > 1) setTimeout(() => process.exit(1), 5000).unref();
  };
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) process.on(name, stop);
  return {
    get count() {
      return count;
    },
    ready: () => {
      if (signal.aborted && count === 0) stop();
    },
    close: () => {
      for (const name of names) process.off(name, stop);
    },
  };
}
