/**
 * Long work other than training: what the windows see of it, one after the other where it computes, and a way to
 * cancel each. Tasks live as long as the application; what they made is in the database.
 */
import { randomUUID } from 'node:crypto';
import { toWireError } from '../../shared/contract.ts';
import type { Task } from '../../shared/contract.ts';
import { AppError, found } from './errors.ts';
import { throttled } from './events.ts';
import type { AppEvents } from './events.ts';

export interface TaskControl {
  signal: AbortSignal;
  /** fraction: 0 to 1 */
  progress(fraction: number, message: string, etaSeconds?: number | null): void;
  /** What is otherwise than was asked for. */
  notice(text: string): void;
}

/** Answers the id of what was made. */
export type TaskWork = (control: TaskControl) => Promise<string | null>;

interface Entry {
  task: Task;
  abort: AbortController;
  tell: { (): void; flush(): void };
  settled: Promise<Task>;
}

/** Finished ones that are still listed. */
const remembered = 50;

export class Tasks {
  readonly #entries = new Map<string, Entry>();
  readonly #events: AppEvents;
  #line: Promise<unknown> = Promise.resolve();

  constructor(events: AppEvents, closing: AbortSignal) {
    this.#events = events;
    closing.addEventListener('abort', () => {
      for (const { abort } of this.#entries.values()) abort.abort();
    });
  }

  list = (): Task[] => [...this.#entries.values()].map(({ task }) => ({ ...task }));

  #fresh(kind: Task['kind'], message: string): Pick<Entry, 'task' | 'tell'> {
    const task: Task = {
      id: randomUUID(),
      kind,
      state: 'queued',
      progress: 0,
      etaSeconds: null,
      message,
      notice: null,
      error: null,
      resultId: null,
    };
    const tell = throttled(() => this.#events.emit({ name: 'task', task: { ...task } }), 200);
    return { task, tell };
  }

  /** Queues the work behind other tasks and answers at once. */
  start(kind: Task['kind'], message: string, work: TaskWork): Task {
    const { task, tell } = this.#fresh(kind, message);
    const abort = new AbortController();
    const run = async (): Promise<Task> => {
      try {
        abort.signal.throwIfAborted();
        task.state = 'running';
        tell();
        task.resultId = await work({
          signal: abort.signal,
          progress: (fraction, text, etaSeconds = null) => {
            Object.assign(task, { progress: Math.min(1, Math.max(0, fraction)), message: text, etaSeconds });
            tell();
          },
          notice: (text) => {
            task.notice = text;
            tell();
          },
        });
        Object.assign(task, { state: 'done', progress: 1 });
      } catch (error) {
        if (abort.signal.aborted) task.state = 'cancelled';
        else Object.assign(task, { state: 'failed', error: toWireError(error) });
      }
      task.etaSeconds = null;
      tell();
      tell.flush();
      this.#forget();
      return { ...task };
    };
    const settled = this.#line.then(run);
    this.#line = settled;
    this.#entries.set(task.id, { task, abort, tell, settled });
    tell();
    return { ...task };
  }

  /** One whose result was there already. */
  finished(kind: Task['kind'], message: string, resultId: string): Task {
    const { task, tell } = this.#fresh(kind, message);
    Object.assign(task, { state: 'done', progress: 1, resultId } satisfies Partial<Task>);
    this.#entries.set(task.id, { task, abort: new AbortController(), tell, settled: Promise.resolve({ ...task }) });
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
    if (task.state === 'failed')
      throw Object.assign(new Error(task.error!.message), {
        name: task.error!.name,
        code: task.error!.code,
        details: task.error!.details,
      });
    if (task.state === 'cancelled') throw new AppError('cancelled', `${task.message} was cancelled`);
    return task.resultId;
  }

  #forget(): void {
    const ended = [...this.#entries.values()].filter(({ task }) => !['queued', 'running'].includes(task.state));
    for (const { task } of ended.slice(0, Math.max(0, ended.length - remembered))) this.#entries.delete(task.id);
  }

  /** Resolves when none is left. */
  idle = (): Promise<unknown> => this.#line;
}
