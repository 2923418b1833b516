/**
 * Long work other than training: what the windows see of it, and a way to cancel each. There are two lines, one for
 * what wants the device and one for what the processor does alone; in each one task works after the other. Tasks live
 * as long as the application; what they made is in the database.
 */
import { randomUUID } from 'node:crypto';
import { ContractError, toWireError } from '../../shared/contract.ts';
import type { Reason, Task } from '../../shared/contract.ts';
import { said, sentenceOf } from '../../shared/sentences.ts';
import { isUnderWay } from '../../shared/underWay.ts';
import { AppError, found } from './errors.ts';
import { throttled } from './events.ts';
import type { AppEvents } from './events.ts';

export interface TaskControl {
  signal: AbortSignal;
  /** fraction: 0 to 1 */
  progress(fraction: number, doing: Reason, etaSeconds?: number | null): void;
  /** What is otherwise than was asked for. */
  notice(of: Reason): void;
}

/** Answers the id of what was made. */
export type TaskWork = (control: TaskControl) => Promise<string | null>;

export interface TaskOptions {
  line?: 'device' | 'processor';
  about?: Task['about'];
  /** Gives back what the task holds from now on; called when its work has ended, also where that never began. */
  release?(): void | Promise<void>;
}

interface Entry {
  task: Task;
  abort: AbortController;
  tell: { (): void; flush(): void };
  /** Resolves with its last state. */
  settled: Promise<Task>;
}

/** Finished ones that are still listed. */
const remembered = 50;

export class Tasks {
  readonly #entries = new Map<string, Entry>();
  readonly #events: AppEvents;
  readonly #closing: AbortSignal;
  readonly #told: (error: unknown) => unknown;
  /** Settles when every task given to the line so far has ended. */
  readonly #lines = { device: Promise.resolve<unknown>(null), processor: Promise.resolve<unknown>(null) };

  /** @param told how a failure is told */
  constructor(events: AppEvents, closing: AbortSignal, told: (error: unknown) => unknown = (error) => error) {
    this.#events = events;
    this.#closing = closing;
    this.#told = told;
  }

  list = (): Task[] => [...this.#entries.values()].map(({ task }) => ({ ...task }));

  #add(kind: Task['kind'], doing: Reason, known: Partial<Task> = {}): Omit<Entry, 'settled'> {
    const task: Task = {
      id: randomUUID(),
      kind,
      state: 'queued',
      progress: 0,
      etaSeconds: null,
      ...said(doing),
      notice: null,
      error: null,
      resultId: null,
      about: {},
      ...known,
    };
    const tell = throttled(() => this.#events.emit({ name: 'task', task: { ...task } }), 200);
    return { task, tell, abort: new AbortController() };
  }

  /** Queues the work behind other tasks of its line and answers at once. */
  start(
    kind: Task['kind'],
    doing: Reason,
    work: TaskWork,
    { line = 'device', about = {}, release }: TaskOptions = {},
  ): Task {
    const { task, tell, abort } = this.#add(kind, doing, { about });
    const signal = AbortSignal.any([abort.signal, this.#closing]);
    const cancelled = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    const before = this.#lines[line];
    const run = async (): Promise<Task> => {
      try {
        try {
          await Promise.race([before, cancelled]); // one that waits ends at once when it is cancelled
          signal.throwIfAborted();
          task.state = 'running';
          tell();
          task.resultId = await work({
            signal,
            progress: (fraction, now, etaSeconds = null) => {
              Object.assign(task, { progress: Math.min(1, Math.max(0, fraction)), ...said(now), etaSeconds });
              tell();
            },
            notice: (of) => {
              task.notice = said(of);
              tell();
            },
          });
        } finally {
          await release?.();
        }
        Object.assign(task, { state: 'done', progress: 1 });
      } catch (error) {
        if (signal.aborted) task.state = 'cancelled';
        else Object.assign(task, { state: 'failed', error: toWireError(this.#told(error)) });
      }
      task.etaSeconds = null;
      tell();
      tell.flush();
      this.#forget();
      return { ...task };
    };
    const settled = run();
    // who comes next waits for those before this one as well, should it leave the line early
    this.#lines[line] = Promise.allSettled([before, settled]).then(() => null); // what they answered is held no longer
    this.#entries.set(task.id, { task, abort, tell, settled });
    tell();
    return { ...task };
  }

  /** The same for a call that waits for what the work makes; who gives the call up cancels the task. */
  async run<T>(
    kind: Task['kind'],
    doing: Reason,
    work: (control: TaskControl) => Promise<T>,
    { signal, ...options }: TaskOptions & { signal: AbortSignal },
  ): Promise<T> {
    let end: { made: T } | { failed: unknown } | null = null;
    const { id } = this.start(
      kind,
      doing,
      async (control) => {
        try {
          end = { made: await work(control) };
        } catch (failed) {
          end = { failed };
          throw failed;
        }
        return null;
      },
      options,
    );
    const give = () => this.cancel(id);
    signal.addEventListener('abort', give, { once: true });
    if (signal.aborted) give();
    try {
      await this.#entries.get(id)!.settled;
    } finally {
      signal.removeEventListener('abort', give);
    }
    const { made, failed } = (end ?? {}) as { made?: T; failed?: unknown };
    if (made !== undefined) return made;
    throw failed ?? new AppError('cancelled.what', { what: sentenceOf(doing, 'en') });
  }

  /** One whose result was there already. */
  finished(kind: Task['kind'], doing: Reason, resultId: string, about: Task['about']): Task {
    const entry = this.#add(kind, doing, { state: 'done', progress: 1, resultId, about });
    const { task, tell } = entry;
    this.#entries.set(task.id, { ...entry, settled: Promise.resolve({ ...task }) });
    this.#forget();
    tell();
    return { ...task };
  }

  cancel(id: string): void {
    found(this.#entries.get(id), 'task', id).abort.abort();
  }

  /** Resolves with its result's id; rejects with its error. For callers inside the application. */
  async result(id: string): Promise<string | null> {
    const task = await found(this.#entries.get(id), 'task', id).settled;
    if (task.state === 'failed') throw new ContractError(task.error!);
    if (task.state === 'cancelled') throw new AppError('cancelled.what', { what: task.message });
    return task.resultId;
  }

  #forget(): void {
    const ended = [...this.#entries.values()].filter(({ task }) => !isUnderWay(task.state));
    for (const { task } of ended.slice(0, Math.max(0, ended.length - remembered))) this.#entries.delete(task.id);
  }

  /** Resolves when none is left. */
  idle = (): Promise<unknown> => Promise.all(Object.values(this.#lines));
}
