/**
 * What the parent asked of the running job: pause, resume, stop, answer a query. The job looks between its steps;
 * a step itself cannot be interrupted.
 */
import type { Command, Report } from '../../shared/contract/report.ts';
import type { Reason } from '../../shared/contract/wire.ts';
import { said } from '../../shared/sentences.ts';
import type { Backend, Watch } from './backend.ts';
import { TrainerError } from './errors.ts';

/** What the job is doing, as a report. */
export const saying = (doing: Reason, fraction = 1, etaSeconds: number | null = null): Report => ({
  type: 'progress',
  fraction,
  ...said(doing),
  etaSeconds,
});

export type Query = Extract<Command, { type: 'query' }>;

export class Control {
  /** Aborted by a stop, for what takes a signal (cache building, embedding). */
  readonly signal: AbortSignal;
  paused = false;
  onQuery: ((query: Query) => void) | null = null;
  readonly #abort = new AbortController();
  #wake: (() => void) | null = null;

  constructor() {
    this.signal = this.#abort.signal;
  }

  get stopping(): boolean {
    return this.signal.aborted;
  }

  receive(command: Exclude<Command, { type: 'job' | 'photos' }>): void {
    switch (command.type) {
      case 'pause':
        this.paused = true;
        break;
      case 'resume':
        this.paused = false;
        break;
      case 'stop':
        this.#abort.abort();
        break;
      case 'query':
        this.onQuery?.(command);
        break;
      default:
        command satisfies never;
    }
    this.#wake?.();
  }

  /** Lets waiting messages in; cheap enough for every step. */
  turn(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  /** Resolves when no longer paused, or when stopping. */
  async whilePaused(): Promise<void> {
    while (this.paused && !this.stopping) await this.nextCommand();
  }

  /** Resolves with the next command. */
  async nextCommand(): Promise<void> {
    await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#wake = null;
  }

  /** @throws TrainerError stopped, for jobs that have nothing to save. */
  throwIfStopping(): void {
    if (this.stopping) throw new TrainerError('stopped');
  }
}

/** What every job is given. */
export interface JobContext {
  report(report: Report): void;
  control: Control;
  backend: Backend;
  /** How long the device may take for what it was just asked; null when it has answered. */
  watch: Watch;
  /** What is closed when the job's end has been reported, the last first: a device may never answer its release. */
  later(close: () => unknown): void;
}
