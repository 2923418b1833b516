/** Exports: what was written, verified and how it is loaded. */
import type { AppParams, ExportRecord } from '../../shared/contract.ts';
import type { Client } from '../../shared/client.ts';
import { Records } from './work.svelte.ts';
import type { Tasks } from './tasks.svelte.ts';

export class Exports extends Records<ExportRecord, AppParams<'exports.start'>> {
  readonly #client: Client;

  constructor(client: Client, tasks: Tasks) {
    super(tasks, 'export', {
      list: () => client.call('exports.list', {}),
      start: (request) => client.call('exports.start', request),
    });
    this.#client = client;
  }

  reveal = (exportId: string) => this.#client.call('exports.reveal', { exportId });
}
