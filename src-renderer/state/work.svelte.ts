/**
 * Long work of the kinds that a place starts: how far it is, how it failed, and the records it makes. A page that is
 * opened or loaded again in the middle, and another page beside it, follow the same work; all that runs in the
 * application is in tasks.svelte.ts.
 */
import type { Task } from '../../shared/contract.ts';
import { ContractError } from '../../shared/contract/wire.ts';
import type { Tasks } from './tasks.svelte.ts';

export class Work {
  failed = $state.raw<unknown>(null);
  /** What was started here last was under way already: another window had started just that. */
  isJoined = $state(false);
  #id = $state<string | null>(null);
  readonly #tasks: Tasks;
  readonly #kinds: readonly Task['kind'][];

  constructor(tasks: Tasks, ...kinds: Task['kind'][]) {
    this.#tasks = tasks;
    this.#kinds = kinds;
  }

  /**
   * The task to show: the one started here, else the newest that runs and was started elsewhere; undefined when nothing
   * runs.
   */
  get task(): Task | undefined {
    return this.#tasks.get(this.#id) ?? this.#tasks.running.findLast(({ kind }) => this.#kinds.includes(kind));
  }

  /** Whether it was started here: its end is told to whoever started it. */
  get isOwn(): boolean {
    return this.#id !== null;
  }

  /**
   * Keeps in `failed` how work of these kinds failed that was started elsewhere, or here before the page was loaded again:
   * its progress was shown, and so is its end. Until the returned function is called.
   */
  listen(): () => void {
    return this.#tasks.onEnd(({ id, kind, state, error }) => {
      if (id === this.#id || !this.#kinds.includes(kind)) return;
      this.failed = state === 'failed' && error ? new ContractError(error) : null;
    });
  }

  /**
   * Tells of each work of these kinds that succeeds, here or elsewhere, with the id of what it made, until the returned
   * function is called.
   */
  onDone(listener: (resultId: string | null) => void): () => void {
    return this.#tasks.onEnd(({ kind, state, resultId }) => {
      if (state === 'done' && this.#kinds.includes(kind)) listener(resultId);
    });
  }

  /**
   * Starts it, follows it to its end and gives the id of what it made.
   * @throws ContractError where it cannot start or fails, or with code 'cancelled'.
   */
  async follow(start: () => Promise<Task>): Promise<string | null> {
    this.failed = null;
    try {
      const task = await start();
      this.isJoined = task.isJoined ?? false;
      const finished = this.#tasks.finish(task);
      this.#id = task.id;
      return await finished;
    } finally {
      this.#id = null;
      this.isJoined = false;
    }
  }

  /**
   * The same, but a failure is kept in `failed` for the place to show, and the id of what was made is given to `done`.
   */
  async run(start: () => Promise<Task>, done: (id: string | null) => void | Promise<void>): Promise<void> {
    try {
      await done(await this.follow(start));
    } catch (error) {
      this.failed = error;
    }
  }

  cancel = async (): Promise<void> => {
    if (this.task) await this.#tasks.cancel(this.task.id);
  };
}

/** What such work has made so far (evaluations, exports): newest first, one of them open. */
export class Records<R extends { id: string; createdAt: number }, Request> {
  list = $state.raw<readonly R[]>([]);
  open = $state.raw<R | null>(null);
  loaded = $state(false);
  /** One that is to be open as soon as it is known. */
  #asked = $state<string | null>(null);
  readonly work: Work;
  readonly #calls: { list: () => Promise<R[]>; start: (request: Request) => Promise<Task> };

  constructor(
    tasks: Tasks,
    kind: Task['kind'],
    calls: { list: () => Promise<R[]>; start: (request: Request) => Promise<Task> },
  ) {
    this.work = new Work(tasks, kind);
    this.#calls = calls;
  }

  /** Follows what other pages make until the returned function is called; one that was waited for is opened. */
  listen(): () => void {
    const stops = [
      this.work.listen(),
      this.work.onDone(async (id) => {
        await this.load().catch(() => {}); // the connection is gone: the next one loads
        if (id && !this.open) this.show(id);
      }),
    ];
    return () => stops.forEach((stop) => stop());
  }

  async load(): Promise<void> {
    this.list = [...(await this.#calls.list())].sort((a, b) => b.createdAt - a.createdAt);
    this.loaded = true;
    if (this.#asked !== null) this.show(this.#asked);
  }

  /** The one that is open, or is to be; null: none, or the next that is made here. */
  get shown(): string | null {
    return this.work.isOwn ? null : (this.#asked ?? this.open?.id ?? null);
  }

  show(id: string | null): void {
    this.#asked = this.loaded ? null : id;
    this.open = this.list.find((record) => record.id === id) ?? null;
  }

  /** Makes another and opens it. */
  start(request: Request): Promise<void> {
    return this.work.run(
      () => this.#calls.start(request),
      async (id) => {
        await this.load();
        if (id) this.show(id);
      },
    );
  }
}
