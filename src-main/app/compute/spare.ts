/**
 * A compute process that is started before there is a job for it: loading its modules takes half a second, which a person
 * would wait for. There is one at most; one that nobody takes is ended.
 */
import type { Report } from '../../../shared/contract.ts';
import type { ComputeHandle, ComputeListeners, Launcher } from './launch.ts';

/** Seconds that it waits to be taken. */
const patience = 90;

interface Waiting {
  handle: ComputeHandle;
  /** Told of what it says from now on, and of what it has said. */
  take(listeners: ComputeListeners): ComputeHandle;
  timer: NodeJS.Timeout;
}

export class Spare {
  readonly #launch: Launcher;
  readonly #seconds: number;
  #waiting: Waiting | null = null;
  #closed = false;

  constructor(launch: Launcher, seconds = patience) {
    this.#launch = launch;
    this.#seconds = seconds;
  }

  /** Starts one where none waits; where one does, it waits anew. */
  prepare(): void {
    if (this.#waiting) return void this.#waiting.timer.refresh();
    if (this.#closed) return;
    let listeners: ComputeListeners | null = null;
    const said: Report[] = [];
    const handle = this.#launch({
      report: (report) => {
        if (listeners) listeners.report(report);
        else if (report.type !== 'heartbeat') said.push(report);
      },
      exit: (how) => {
        if (listeners) return listeners.exit(how);
        if (this.#waiting === waiting) this.#forget(); // the next job starts its own, and is told what is wrong
      },
    });
    const waiting: Waiting = {
      handle,
      timer: setTimeout(() => this.#end(), 1000 * this.#seconds).unref(),
      take: (taken) => {
        listeners = taken;
        // who takes it has to have the handle before it hears of it
        queueMicrotask(() => said.splice(0).forEach((report) => taken.report(report)));
        return handle;
      },
    };
    this.#waiting = waiting;
  }

  /** Gives away the one that waits, or starts one. */
  launch: Launcher = (listeners) => {
    const waiting = this.#waiting;
    if (!waiting) return this.#launch(listeners);
    this.#forget();
    return waiting.take(listeners);
  };

  close(): void {
    this.#closed = true;
    this.#end();
  }

  #end(): void {
    this.#waiting?.handle.kill();
    this.#forget();
  }

  #forget(): void {
    clearTimeout(this.#waiting?.timer);
    this.#waiting = null;
  }
}
