/**
 * Entry of the process that computes: one job, then it ends. This thread only talks: it forwards commands to the
 * computing thread and its reports to the parent, and beats once a second. A training step blocks its thread for as
 * long as it takes, so it must not be this one. When the parent goes away, what has been trained is saved first.
 */
import { Worker } from 'node:worker_threads';
import type { Command, Report } from '../../shared/contract/job.ts';
import { toWireError } from '../../shared/contract/wire.ts';
import { parentPort } from './port.ts';

const HEARTBEAT_MS = 1000;
/** A save must be done by then, or an orphan would live on behind a step that never ends. */
const LAST_SAVE_MS = 120_000;

const port = parentPort();
const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
const computing = new Worker(new URL('./computeThread' + extension, import.meta.url));
let working = false;
let closing = false;

/** At once, even where the computing thread sits in a native call that an ordinary exit would wait for. */
const endNow = (): void => void process.kill(process.pid, 'SIGKILL');
const end = (): never => process.exit(0);

function saveAndEnd(): void {
  if (closing) return;
  closing = true;
  if (!working) return end();
  computing.postMessage({ type: 'stop', now: false } satisfies Command);
  setTimeout(endNow, LAST_SAVE_MS);
}

port.onCommand((command) => {
  if (command.type === 'stop' && command.now) return port.send({ type: 'stopped', saved: false }, endNow);
  if (command.type === 'job') working = true;
  computing.postMessage(command);
});
port.onClose(saveAndEnd);
// A terminal sends Ctrl-C to every process of the group: the application decides what it means and says 'stop'.
process.on('SIGINT', () => {});
process.on('SIGTERM', saveAndEnd);
process.on('SIGHUP', saveAndEnd);

computing.on('message', (report: Report) => {
  const ended = report.type === 'done' || report.type === 'failed' || report.type === 'stopped';
  port.send(report, ended ? end : undefined);
});
computing.on('error', (error) => port.send({ type: 'failed', error: toWireError(error) }, end));
// Without a last word: the parent learns of it by this process's own end.
computing.on('exit', () => setTimeout(endNow, HEARTBEAT_MS));

setInterval(() => port.send({ type: 'heartbeat', at: Date.now() }), HEARTBEAT_MS);
