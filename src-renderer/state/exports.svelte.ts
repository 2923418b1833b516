/** Exports: starting one, and what was written, verified and how it is loaded. */
import type { AppParams, ExportRecord, Task } from '../../shared/contract.ts';
import type { Client } from '../../shared/client.ts';
import type { Tasks } from './tasks.svelte.ts';

export class Exports {
  list = $state.raw<readonly ExportRecord[]>([]);
  open = $state.raw<ExportRecord | null>(null);
  task = $state.raw<Task | null>(null);
  loaded = $state(false);
  failed = $state.raw<unknown>(null);
  readonly #client: Client;
  readonly #tasks: Tasks;

  constructor(client: Client, tasks: Tasks) {
    this.#client = client;
    this.#tasks = tasks;
  }

  async load(): Promise<void> {
    const list = await this.#client.call('exports.list', {});
    this.list = [...list].sort((a, b) => b.createdAt - a.createdAt);
    this.loaded = true;
  }

  async start(request: AppParams<'exports.start'>): Promise<void> {
    this.failed = null;
    try {
      this.task = await this.#client.call('exports.start', request);
      const id = await this.#tasks.finish(this.task);
      await this.load();
      this.open = this.list.find((record) => record.id === id) ?? null;
    } catch (error) {
      this.failed = error;
    } finally {
      this.task = null;
    }
  }

  reveal = (exportId: string) => this.#client.call('exports.reveal', { exportId });
}
