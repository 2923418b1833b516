/** All runs and what one does to them. The curves of an open run are in monitor.svelte.ts. */
import { bestFree } from '../../shared/baselines.ts';
import type { AppParams, AppResult, Provider, Run, RunState, RunSummary } from '../../shared/contract.ts';
import { byName } from '../../shared/names.ts';
import type { Client } from '../../shared/client.ts';
import { isUnderWay } from '../../shared/underWay.ts';
import type { I18n } from './i18n.svelte.ts';

/** States from which training can go on. */
export const isResumable = (state: RunState): boolean =>
  state === 'paused' || state === 'interrupted' || state === 'stopped' || state === 'failed';

/** Epochs that were planned and that the time budget did not buy; null: it did, or nothing was promised. */
export function epochsNotMade({ state, config, plannedEpochs, epoch }: Run): number | null {
  if (state !== 'finished' || config.minutes === null || plannedEpochs === null) return null;
  const missing = Math.floor(plannedEpochs - epoch);
  return missing >= 1 && epoch < 0.9 * plannedEpochs ? missing : null;
}

export type RunSort = 'createdAt' | 'name' | 'state' | 'epoch' | 'loss' | 'knn' | 'baseline' | 'trainingSeconds';

const keyOf = (run: RunSummary, by: RunSort): string | number | null => {
  if (by !== 'baseline') return run[by];
  return run.baselines && bestFree(run.baselines).value;
};

export function sortRuns(runs: readonly RunSummary[], by: RunSort, descending: boolean): RunSummary[] {
  const sign = descending ? -1 : 1;
  return [...runs].sort((a, b) => {
    const x = keyOf(a, by);
    const y = keyOf(b, by);
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1; // nothing known goes last either way
    if (typeof x === 'string' || typeof y === 'string') return sign * byName(String(x), String(y));
    return sign * (x - y);
  });
}

export class Runs {
  #rows = $state.raw<readonly RunSummary[]>([]);
  readonly #named = $derived.by(() => this.#rows.map(this.#i18n.named));
  loaded = $state(false);
  readonly #client: Client;
  readonly #i18n: I18n;

  constructor(client: Client, i18n: I18n) {
    this.#client = client;
    this.#i18n = i18n;
  }

  /** Named in the language of the window. */
  get list(): readonly RunSummary[] {
    return this.#named;
  }

  set list(rows: readonly RunSummary[]) {
    this.#rows = rows;
  }

  listen(): () => void {
    const stops = [
      this.#client.on('run', ({ run }) => this.put(run)),
      this.#client.on('runRemoved', ({ runId }) => (this.list = this.list.filter((run) => run.id !== runId))),
      this.#client.on('verdict', ({ runId, judgement }) => {
        const run = this.get(runId);
        if (run) this.put({ ...run, judgement });
      }),
    ];
    return () => stops.forEach((stop) => stop());
  }

  async load(): Promise<void> {
    this.list = sortRuns(await this.#client.call('runs.list', null), 'createdAt', true);
    this.loaded = true;
  }

  get = (id: string | null): RunSummary | undefined => this.list.find((run) => run.id === id);

  /** The run that trains now, or waits for a person. */
  get active(): RunSummary | undefined {
    return this.list.find((run) => run.state === 'running') ?? this.list.find((run) => isUnderWay(run.state));
  }

  /** Runs with something to look at: learned, or of a frozen encoder. */
  get trained(): readonly RunSummary[] {
    return this.list.filter((run) => run.epoch > 0 || run.encoder);
  }

  /** Runs whose weights another can start from. */
  get startable(): readonly RunSummary[] {
    return this.trained.filter(({ encoder }) => !encoder);
  }

  /** One that is new, or was deleted and is back, is listed by when it was made, the newest first. */
  put(run: RunSummary): void {
    this.list = this.list.some((r) => r.id === run.id)
      ? this.list.map((r) => (r.id === run.id ? run : r))
      : sortRuns([run, ...this.list], 'createdAt', true);
  }

  async create(params: AppParams<'runs.create'>): Promise<AppResult<'runs.create'>> {
    const run = await this.#client.call('runs.create', params);
    this.put(run);
    return run;
  }

  pause = (runId: string) => this.#client.call('runs.pause', { runId });
  /** `device`: where it goes on from now; left out: on the device it began on. */
  resume = (runId: string, device?: Provider) => this.#client.call('runs.resume', { runId, ...(device && { device }) });
  stop = (runId: string, now = false) => this.#client.call('runs.stop', { runId, now });
  extend = (runId: string, epochs: number) => this.#client.call('runs.extend', { runId, epochs });

  async update(runId: string, change: { name?: string; notes?: string; color?: string }): Promise<void> {
    this.put(await this.#client.call('runs.update', { runId, ...change }));
  }

  /** Hides the run and tells how much disk it takes and for how long it can be brought back. */
  async delete(runId: string): Promise<{ bytes: number; undoSeconds: number }> {
    const answer = await this.#client.call('runs.delete', { runId });
    this.list = this.list.filter((run) => run.id !== runId);
    return answer;
  }

  async restore(runId: string): Promise<void> {
    this.put(await this.#client.call('runs.restore', { runId }));
  }
}
