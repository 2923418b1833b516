/**
 * The process that computes, seen from its first thread. This thread only talks: it forwards commands to the computing
 * thread and its reports to the parent, and beats once a second. A training step blocks its thread for as long as it
 * takes, so it must not be this one; and when a device does not come back from a step, this thread says so and ends the
 * process. When the parent goes away, what has been trained is saved first; any other job is given up.
 */
import { Worker } from 'node:worker_threads';
import type { Job } from '../../shared/contract/job.ts';
import type { Command } from '../../shared/contract/report.ts';
import { toWireError } from '../../shared/contract/wire.ts';
import { DeviceHungError } from './errors.ts';
import { parentPort } from './port.ts';
import type { ThreadReport } from './thread.ts';
import { CallWatch } from './watch.ts';

const HEARTBEAT_MS = 1000;
/** Limit for the save after the parent has gone, or an orphan would live on behind a step that never ends. */
const LAST_SAVE_MS = 120_000;
/** Limit for what other jobs tidy up then: nobody waits for their result any more. */
const LAST_TIDY_MS = 5000;
/** Limit for the release of the devices after the job; the end of the process frees what they held. */
const CLOSE_MS = 10_000;

/** @param thread the program of the computing thread */
export function serveJobs(thread: URL): void {
  const port = parentPort();
  // Not without: what geotiff imports for workers of its own (web-worker) looks into it in every thread.
  const computing = new Worker(thread, { workerData: {} });
  let working: Job['kind'] | null = null;
  let closing = false;
  let ended = false;
  let closed!: () => void;
  const isClosed = new Promise<void>((resolve) => (closed = resolve));

  /**
   * Ends the process at once, even where the computing thread sits in a native call that an ordinary exit would wait
   * for.
   */
  const endNow = (): void => void process.kill(process.pid, 'SIGKILL');
  const end = (): never => process.exit(0);
  const watch = new CallWatch((seconds) =>
    port.send({ type: 'failed', error: toWireError(new DeviceHungError(seconds)) }, endNow),
  );

  function saveAndEnd(): void {
    if (closing) return;
    closing = true;
    if (!working) return end();
    computing.postMessage({ type: 'stop', now: false } satisfies Command);
    setTimeout(endNow, working === 'train' ? LAST_SAVE_MS : LAST_TIDY_MS);
  }

  port.onCommand((command) => {
    if (ended) return;
    if (command.type === 'stop' && command.now) return port.send({ type: 'stopped', saved: false }, endNow);
    if (command.type === 'job') working = command.job.kind;
    computing.postMessage(command);
  });
  port.onClose(saveAndEnd);
  // A terminal sends Ctrl-C to every process of the group: the application decides what it means and says 'stop'.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', saveAndEnd);
  process.on('SIGHUP', saveAndEnd);

  computing.on('message', (report: ThreadReport) => {
    if (report.type === 'watch') return watch.set(report.seconds);
    if (report.type === 'closed') return closed();
    ended ||= report.type === 'done' || report.type === 'failed' || report.type === 'stopped';
    // A failed job may have left a driver that an ordinary exit would wait for.
    port.send(report, report.type === 'failed' ? endNow : ended ? () => void isClosed.then(end) : undefined);
    if (ended) setTimeout(endNow, CLOSE_MS);
  });
  computing.on('error', (error) => port.send({ type: 'failed', error: toWireError(error) }, end));
  // Without a last word: the parent learns of it by this process's own end.
  computing.on('exit', () => setTimeout(endNow, HEARTBEAT_MS));

  setInterval(() => {
    port.send({ type: 'heartbeat', at: Date.now() });
    watch.tick(HEARTBEAT_MS / 1000);
  }, HEARTBEAT_MS);
}
