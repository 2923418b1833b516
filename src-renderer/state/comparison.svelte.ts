/** Curves of several runs beside each other: read when they are chosen, and a run's again when it has news. */
import type { Run } from '../../shared/contract.ts';
import type { Client } from '../../shared/client.ts';
import { Curves, readCurves } from './monitor.svelte.ts';

export interface Compared {
  run: Run;
  curves: Curves;
}

export class Comparison {
  /** In the order asked for; a run that is gone is left out. */
  list = $state.raw<readonly Compared[]>([]);
  /** Grows with every change: charts read it and redraw. */
  version = $state(0);
  readonly #client: Client;
  readonly #known = new Map<string, Compared>();
  #asked: readonly string[] = [];
  /** Ids of the runs that are being reread; true: there has been news since. */
  readonly #reading = new Map<string, boolean>();

  constructor(client: Client) {
    this.#client = client;
  }

  /** Rereads runs as their epochs come, and all after a lost connection, until the returned function is called. */
  listen(): () => void {
    const stops = [
      this.#client.on('epoch', ({ runId }) => {
        if (!this.#asked.includes(runId)) return;
        if (this.#reading.has(runId)) this.#reading.set(runId, true);
        else void this.#reread(runId).catch(() => {}); // a lost connection reads all again
      }),
      this.#client.onConnection((connected) => {
        if (connected) void this.#read(this.#asked).catch(() => {});
      }),
    ];
    return () => stops.forEach((stop) => stop());
  }

  /** Shows these runs; what is known of them already is kept. */
  async show(runIds: readonly string[]): Promise<void> {
    this.#asked = runIds;
    for (const id of this.#known.keys()) if (!runIds.includes(id)) this.#known.delete(id);
    this.#publish();
    await this.#read(runIds.filter((id) => !this.#known.has(id)));
  }

  /** One read of a run at a time, however fast its epochs come: the last one sees the last of them. */
  async #reread(runId: string): Promise<void> {
    try {
      do {
        this.#reading.set(runId, false);
        await this.#read([runId]);
      } while (this.#reading.get(runId) && this.#asked.includes(runId));
    } finally {
      this.#reading.delete(runId);
    }
  }

  async #read(runIds: readonly string[]): Promise<void> {
    const read = runIds.map(async (runId) => {
      const run = await this.#client.call('runs.get', { runId });
      const curves = new Curves(600);
      await readCurves(this.#client, run, curves);
      if (!this.#asked.includes(runId)) return;
      this.#known.set(runId, { run, curves });
      this.#publish();
    });
    const failed = (await Promise.allSettled(read)).find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  }

  #publish(): void {
    this.list = this.#asked.flatMap((id) => this.#known.get(id) ?? []);
    this.version++;
  }
}
