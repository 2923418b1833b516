/** What a command that waits for the application does when that is closed meanwhile. */
import type { Client } from '../../shared/client.ts';

/**
 * `gone` rejects with what `why` says when the line is lost, and with the signal's reason; call `off` when nothing is
 * waited for any more.
 */
export function untilGone(
  client: Client,
  why: () => string,
  signal?: AbortSignal,
): { gone: Promise<never>; off: () => void } {
  const { promise: gone, reject } = Promise.withResolvers<never>();
  gone.catch(() => {}); // before anybody waits for it, the call that is under way tells of it
  const offLine = client.onConnection((connected) => {
    if (!connected) reject(new Error(why()));
  });
  const stop = () => reject(signal!.reason as Error);
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  const off = () => {
    offLine();
    signal?.removeEventListener('abort', stop);
  };
  return { gone, off };
}
