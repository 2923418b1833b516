/** Long work other than training (embedding, evaluation, export): what runs, how far it is, and its end. */
import type { Task } from '../../shared/contract.ts';
import type { Client } from '../../shared/client.ts';
import { ContractError } from '../../shared/contract/wire.ts';

const ended = (task: Task): boolean => task.state === 'done' || task.state === 'failed' || task.state === 'cancelled';

/** Ended ones that are still listed. */
const REMEMBERED = 50;

export class Tasks {
  /** Those under way as they came, and those that ended as they did. */
  list = $state.raw<readonly Task[]>([]);
  readonly #client: Client;
  readonly #waiting = new Map<string, ((task: Task) => void)[]>();
  readonly #enders = new Set<(task: Task) => void>();

  constructor(client: Client) {
    this.#client = client;
  }

  listen(): () => void {
    return this.#client.on('task', ({ task }) => this.put(task));
  }

  /** What the application knows now: a task it has forgotten, because it was started anew, is over. */
  async load(): Promise<void> {
    const known = await this.#client.call('tasks.list', null);
    for (const task of this.running)
      if (!known.some(({ id }) => id === task.id)) this.put({ ...task, state: 'cancelled' });
    for (const task of known) this.put(task);
  }

  /** Tells of each task that ends from now on, whichever page started it. */
  onEnd(listener: (task: Task) => void): () => void {
    this.#enders.add(listener);
    return () => void this.#enders.delete(listener);
  }

  get = (id: string | null): Task | undefined => this.list.find((task) => task.id === id);

  get running(): readonly Task[] {
    return this.list.filter((task) => !ended(task));
  }

  put(task: Task): void {
    const before = this.get(task.id);
    const others = this.list.filter(({ id }) => id !== task.id);
    // one under way stays where it is: else its line would go from under the pointer as another tells of its progress
    if (before && !ended(task)) this.list = this.list.map((one) => (one.id === task.id ? task : one));
    else this.list = [...others, task];
    const gone = new Set(this.list.filter(ended).slice(0, -REMEMBERED));
    if (gone.size > 0) this.list = this.list.filter((one) => !gone.has(one));
    if (!ended(task)) return;
    for (const settle of this.#waiting.get(task.id) ?? []) settle(task);
    this.#waiting.delete(task.id);
    if (before && !ended(before)) for (const tell of this.#enders) tell(task);
  }

  /**
   * Follows a task to its end and gives the id of what it made.
   * @throws ContractError where the work failed, or with code 'cancelled'.
   */
  async finish(task: Task): Promise<string | null> {
    this.put(this.get(task.id) ?? task);
    const known = this.get(task.id)!;
    const last = ended(known)
      ? known
      : await new Promise<Task>((resolve) =>
          this.#waiting.set(task.id, [...(this.#waiting.get(task.id) ?? []), resolve]),
        );
    if (last.state === 'done') return last.resultId;
    throw new ContractError(last.error ?? { name: 'AbortError', code: 'cancelled', message: last.message });
  }

  cancel = (taskId: string) => this.#client.call('tasks.cancel', { taskId });
}
