/** Which port the window is served on: the one asked for, else that of the last time, so that bookmarks stay right. */

const taken = /^(EADDRINUSE|EACCES)$/;

/**
 * Calls `start` with the port asked for, else with the last one, and with 0 (any free one) where that is taken.
 * @throws what `start` throws, where a port was asked for or the error is another than a taken port
 */
export async function onPort<T>(
  asked: number | undefined,
  last: number | null,
  start: (port: number) => Promise<T>,
): Promise<T> {
  try {
    return await start(asked ?? last ?? 0);
  } catch (error) {
    if (asked !== undefined || !taken.test((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return start(0);
  }
}
