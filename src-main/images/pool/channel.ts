/**
 * The line to one decoding worker, whether it is a process or a thread. Starting it and telling of its end is all this
 * does; which jobs it gets, and when it has had enough time, is pool.ts's.
 *
 * Processes rather than threads because a decoder stuck in native code cannot be stopped from outside its process, and
 * one that crashes takes its whole process along. Threads are for hosts that cannot fork (an Electron build without its
 * runAsNode fuse); there a stuck decode is only abandoned.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import { programAt } from '../../files/program.ts';
import type { FromWorker, ToWorker } from './protocol.ts';

export interface Channel {
  send(message: ToWorker): void;
  /** Reports the worker's end, with this reason, as if it had stopped by itself. */
  fail(why: string): void;
  /** Sets whether the worker keeps the program alive. */
  hold(held: boolean): void;
  stop(): Promise<void>;
}

export interface ChannelEvents {
  message(message: FromWorker): void;
  exit(why: string): void;
}

const WORKER = programAt('./worker', import.meta.url);

export type Isolation = 'process' | 'thread';

export function openChannel(isolation: Isolation, events: ChannelEvents): Channel {
  return isolation === 'process' ? openProcess(events) : openThread(events);
}

function openProcess(events: ChannelEvents): Channel {
  const child: ChildProcess = fork(WORKER, [], {
    serialization: 'advanced', // typed arrays travel as they are
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // libvips would otherwise unpack what it cannot stream into a temporary file.
    env: { ...process.env, VIPS_DISC_THRESHOLD: '4g', UV_THREADPOOL_SIZE: '2', NODE_OPTIONS: '' },
    windowsHide: true,
  } as Parameters<typeof fork>[2]);
  yieldToWindow(child.pid);
  let complaints = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaints = (complaints + text).slice(-2000)));
  (child.stderr as unknown as { unref?(): void } | null)?.unref?.();
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.on('message', (message: FromWorker) => events.message(message));
  child.on('error', (error) => events.exit(error.message));
  child.once('exit', (code, signal) => {
    const last = complaints.trim().split('\n').pop();
    events.exit(`${signal ?? `exit code ${code}`}${last ? `: ${last}` : ''}`);
  });
  return {
    send: (message) => {
      if (child.connected) child.send(message);
    },
    fail: (why) => {
      child.kill('SIGKILL');
      events.exit(why);
    },
    hold: (held) => {
      if (held) {
        child.ref();
        child.channel?.ref();
      } else {
        child.unref();
        child.channel?.unref();
      }
    },
    stop: async () => {
      child.ref(); // else a program with nothing else to do ends here
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/**
 * Lowers the process's priority: decoding thousands of photos must not make the window, or anything else a person does
 * meanwhile, stutter.
 */
function yieldToWindow(pid: number | undefined): void {
  if (pid === undefined) return; // it could not be started, which 'error' will tell
  try {
    setPriority(pid, process.platform === 'win32' ? constants.priority.PRIORITY_BELOW_NORMAL : 5);
  } catch {
    // a matter of comfort, which some systems refuse
  }
}

function openThread(events: ChannelEvents): Channel {
  const worker = new Worker(WORKER, { stdout: true, workerData: {} }); // libheif talks; geotiff's web-worker looks into the data
  worker.on('message', (message: FromWorker) => events.message(message));
  worker.once('error', (error: Error) => events.exit(error.message));
  worker.once('exit', (code) => events.exit(`exit code ${code}`));
  return {
    send: (message) => worker.postMessage(message),
    fail: (why) => {
      void worker.terminate();
      events.exit(why);
    },
    hold: (held) => (held ? worker.ref() : worker.unref()),
    stop: async () => {
      worker.ref();
      await worker.terminate();
    },
  };
}
