/**
 * Starts compute processes (src-main/trainer) and carries commands and reports, whichever way the host has:
 * a forked child of Node, or an Electron utility process that the shell starts on request, because only the
 * shell may.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Command, Report } from '../../../shared/contract.ts';
import { programAt } from '../../files/index.ts';

export interface ComputeListeners {
  report(report: Report): void;
  /** Called once. `complaint`: the last of what it wrote to stderr, up to some thousand characters. */
  exit(how: { code: number | null; signal: string | null; complaint: string }): void;
}

export interface ComputeHandle {
  /** Resolves when it has left this process, where the host says so: what waits is held here. */
  send(command: Command): void | Promise<void>;
  /** At once, without saving. */
  kill(): void;
}

export type Launcher = (listeners: ComputeListeners) => ComputeHandle;

const lastWordsSeconds = 1;

const trainer = programAt('../../trainer/main', import.meta.url);

/** @param entry the program; the trainer unless a test brings a double */
export function forkLauncher(entry: URL = trainer): Launcher {
  return (listeners) => {
    const child = fork(fileURLToPath(entry), [], {
      serialization: 'advanced',
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let complaints = '';
    let exited = false;
    const exit = (code: number | null, signal: string | null) => {
      if (exited) return;
      exited = true;
      listeners.exit({ code, signal, complaint: complaints.trim() });
    };
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaints = (complaints + text).slice(-4000)));
    child.on('message', (report) => listeners.report(report as Report));
    // What it wrote last may still be in the pipe, which another process may hold open.
    child.on('exit', (code, signal) => {
      const late = setTimeout(() => exit(code, signal), lastWordsSeconds * 1000);
      child.once('close', () => (clearTimeout(late), exit(code, signal)));
    });
    child.on('error', (error) => {
      complaints += `\n${error.message}`;
      if (child.pid === undefined) exit(null, null); // it never started; other errors are followed by 'exit'
    });
    return {
      send: (command) =>
        new Promise((resolve) => {
          if (child.connected) child.send(command, () => resolve());
          else resolve();
        }),
      kill: () => void child.kill('SIGKILL'),
    };
  };
}

/** Electron's parentPort in the application's utility process. */
export interface ShellPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
}

/** What application and shell say to each other about compute processes. */
export type ToShell =
  { type: 'compute-start' | 'compute-kill'; id: number } | { type: 'compute-send'; id: number; command: Command };
export type FromShell =
  | { type: 'compute-report'; id: number; report: Report }
  | { type: 'compute-exit'; id: number; code: number | null; complaint: string };

export function shellLauncher(port: ShellPort): Launcher {
  const running = new Map<number, ComputeListeners>();
  let nextId = 1;
  port.on('message', ({ data }) => {
    const message = data as FromShell | { type: string };
    if (message.type === 'compute-report') {
      const { id, report } = message as Extract<FromShell, { type: 'compute-report' }>;
      running.get(id)?.report(report);
    } else if (message.type === 'compute-exit') {
      const { id, code, complaint } = message as Extract<FromShell, { type: 'compute-exit' }>;
      running.get(id)?.exit({ code, signal: null, complaint });
      running.delete(id);
    }
  });
  const say = (message: ToShell) => port.postMessage(message);
  return (listeners) => {
    const id = nextId++;
    running.set(id, listeners);
    say({ type: 'compute-start', id });
    return {
      send: (command) => say({ type: 'compute-send', id, command }),
      kill: () => say({ type: 'compute-kill', id }),
    };
  };
}
