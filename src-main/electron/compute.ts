/**
 * Starts compute processes for the application, which may not do so itself: only the shell can start utility
 * processes. Carries commands and reports between the two; what they mean is theirs.
 */
import { utilityProcess } from 'electron';
import type { UtilityProcess } from 'electron';
import type { Command } from '../../shared/contract.ts';
import type { FromShell, ToShell } from '../app/compute/launch.ts';

interface Running {
  child: UtilityProcess;
  exited: Promise<void>;
  kill(): void;
}

/** `tell`: to the application; what it says when the application is gone is dropped by who gives it. */
export class ComputeBroker {
  readonly #running = new Map<number, Running>();
  readonly #entry: string;

  /** `entry`: absolute path of the trainer's program. */
  constructor(entry: string) {
    this.#entry = entry;
  }

  receive(message: ToShell, tell: (message: FromShell) => void): void {
    switch (message.type) {
      case 'compute-start':
        this.#running.set(message.id, this.#start(message.id, tell));
        break;
      case 'compute-send':
        this.#running.get(message.id)?.child.postMessage(message.command);
        break;
      case 'compute-kill':
        this.#running.get(message.id)?.kill();
        break;
      default:
        message satisfies never;
    }
  }

  #start(id: number, tell: (message: FromShell) => void): Running {
    const child = utilityProcess.fork(this.#entry, [], {
      serviceName: 'Lookalike trainer',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let complaints = '';
    let ending = false;
    child.stderr?.on('data', (text: Buffer) => (complaints = (complaints + text.toString('utf8')).slice(-4000)));
    child.on('message', (report) => tell({ type: 'compute-report', id, report }));
    const exited = new Promise<void>((resolve) =>
      child.once('exit', (code) => {
        this.#running.delete(id);
        tell({ type: 'compute-exit', id, code, complaint: complaints.trim() });
        resolve();
      }),
    );
    // The trainer answers a polite signal by saving, and UtilityProcess.kill() sends that one.
    const killNow = () => {
      try {
        if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
      } catch {
        // it went by itself a moment ago: its exit follows
      }
    };
    const kill = () => {
      killNow();
      if (child.pid === undefined && !ending) child.once('spawn', killNow);
      ending = true;
    };
    return { child, exited, kill };
  }

  /** The application died: what has been trained is saved, then all are gone. Those that take longer than `seconds` are ended. */
  async stopAll(seconds: number): Promise<void> {
    const all = [...this.#running.values()];
    const limit = setTimeout(() => this.killAll(), seconds * 1000);
    for (const { child } of all) child.postMessage({ type: 'stop', now: false } satisfies Command);
    await Promise.all(all.map(({ exited }) => exited));
    clearTimeout(limit);
  }

  killAll(): void {
    for (const { kill } of this.#running.values()) kill();
  }
}
