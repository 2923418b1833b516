/**
 * The process or thread that decodes. It holds one job at a time; the pool ends it when a job takes too long, and it
 * ends itself when the pool is gone.
 */
import '../../files/offline.ts'; // first: what follows may not send
import nodeModule from 'node:module';
import { isMainThread, parentPort } from 'node:worker_threads';
import { ImageError } from '../errors.ts';
import { runJob } from './jobs.ts';
import { HUGE_PIXELS } from './protocol.ts';
import type { FromWorker, ToWorker } from './protocol.ts';

/** Milliseconds after which what it has compiled is kept for the next one: Node does it at an ordinary end, which this never has. */
const KEEP_AFTER_MS = 3000;

let proceed: (() => void) | undefined;

function send(message: FromWorker): void {
  if (isMainThread) process.send?.(message);
  else parentPort?.postMessage(message);
}

async function receive(message: ToWorker): Promise<void> {
  if (message.type === 'proceed') {
    proceed?.();
    return;
  }
  const { id, job } = message;
  const beforeDecode = async (pixels: number): Promise<void> => {
    if (pixels < HUGE_PIXELS) return;
    const turn = new Promise<void>((resolve) => (proceed = resolve));
    send({ type: 'huge', id });
    await turn;
  };
  try {
    send({ type: 'result', id, result: await runJob(job, { ...message.limits, beforeDecode }) });
  } catch (error) {
    if (error instanceof ImageError) send({ type: 'failed', id, reason: { key: error.key, values: error.values } });
    else send({ type: 'error', id, message: String((error as Error)?.stack ?? error) });
  }
}

if (isMainThread) {
  process.on('message', (message: ToWorker) => void receive(message));
  // Not exit(): that would wait for a decoder that hangs in native code.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined); // the pool's business
} else {
  parentPort?.on('message', (message: ToWorker) => void receive(message));
}
send({ type: 'ready' });
if (isMainThread) setTimeout(() => nodeModule.flushCompileCache?.(), KEEP_AFTER_MS).unref();
