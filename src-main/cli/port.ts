/** Which port the window is served on: the one asked for, else that of the last time, so that bookmarks stay right. */

const taken = /^(EADDRINUSE|EACCES)$/;

/** @throws as `start` does, where a port was asked for or any free one is not to be had */
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
