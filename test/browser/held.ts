/** An application whose tasks end, for the windows, when a test says so and as it says: that of a slow computer. */
import type { AppEvent, Task } from '../../shared/contract.ts';
import type { App } from '../../src-main/app/index.ts';

const isEnd = ({ state }: Task): boolean => ['done', 'failed', 'cancelled'].includes(state);

export class HeldTasks {
  #isHolding = false;
  /** Ends that no window has seen yet, by task. */
  readonly #ends = new Map<string, Task>();
  readonly #listeners = new Set<(event: AppEvent) => void>();

  /** From now on no window sees a task end. */
  hold(): void {
    this.#isHolding = true;
  }

  /** What ended meanwhile ends, or has ended otherwise; what ends from now on is seen. */
  release(otherwise: Partial<Task> = {}): void {
    this.#isHolding = false;
    const ends = [...this.#ends.values()];
    this.#ends.clear();
    for (const task of ends)
      for (const listener of this.#listeners) listener({ name: 'task', task: { ...task, ...otherwise } });
  }

  /** How many wait for that. */
  get size(): number {
    return this.#ends.size;
  }

  seen = (app: App): App => ({
    ...app,
    handle: (async (method: string, params: unknown, context?: { signal?: AbortSignal }) => {
      const answer = await app.handle(method, params, context);
      if (method !== 'tasks.list') return answer;
      return (answer as Task[]).map((task) =>
        this.#ends.has(task.id) ? { ...task, state: 'running', resultId: null, progress: 0.5 } : task,
      );
    }) as App['handle'],
    onEvent: (listener) => {
      this.#listeners.add(listener);
      const off = app.onEvent((event) => {
        if (!this.#isHolding || event.name !== 'task' || !isEnd(event.task)) listener(event);
        else this.#ends.set(event.task.id, event.task);
      });
      return () => {
        this.#listeners.delete(listener);
        off();
      };
    },
  });
}
