/** Exports of networks: those that were written, and in which formats the chosen network can be had. */
import type { RunConfig } from '../../shared/config.ts';
import type { AppParams, ExportRecord } from '../../shared/contract.ts';
import { hindranceOf } from '../../shared/exports.ts';
import type { ExportFormat } from '../../shared/exports.ts';
import type { Client } from '../../shared/client.ts';
import { Records } from './work.svelte.ts';
import type { Tasks } from './tasks.svelte.ts';

export class Exports extends Records<ExportRecord, AppParams<'exports.start'>> {
  /** The network of the chosen run: not every one can be had in every format. Null until it is known. */
  network = $state.raw<(Pick<RunConfig, 'backbone' | 'input'> & { frozen: boolean }) | null>(null);
  readonly #client: Client;
  #looked: string | null = null;

  constructor(client: Client, tasks: Tasks) {
    super(tasks, 'export', {
      list: () => client.call('exports.list', {}),
      start: (request) => client.call('exports.start', request),
    });
    this.#client = client;
  }

  async look(runId: string): Promise<void> {
    this.network = null;
    this.#looked = runId;
    const { config, encoder } = await this.#client.call('runs.get', { runId });
    if (this.#looked === runId) this.network = { ...config, frozen: Boolean(encoder) };
  }

  /** Why the network cannot be had in a format; null: it can, as far as is known. */
  hindrance = (format: ExportFormat) => this.network && hindranceOf(format, this.network);

  reveal = (exportId: string) => this.#client.call('exports.reveal', { exportId });
}
