/** Which port the window is served on: the one asked for, else that of the last time, so that bookmarks stay right. */
import { UsageError } from './command.ts';

const taken = /^(EADDRINUSE|EACCES)$/;

/**
 * Calls `start` with the port asked for, else with the last one, and with 0 (any free one) where that is taken.
 * @throws UsageError where the port that was asked for is taken; what else `start` throws
 */
export async function onPort<T>(
  asked: number | undefined,
  last: number | null,
  start: (port: number) => Promise<T>,
): Promise<T> {
  try {
    return await start(asked ?? last ?? 0);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!taken.test(code)) throw error;
    if (asked === undefined) return start(0);
    const why = code === 'EACCES' ? 'may not be used by you' : 'is used by another program';
    throw new UsageError(`--port ${asked}: that port ${why}: give another one, or leave --port out for a free one`);
  }
}
