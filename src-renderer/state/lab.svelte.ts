/**
 * The Lab: the experiments there are, what one does to them, and the form that sets one up. An experiment lives in
 * the application; this follows it, so that a reload or another window shows the same.
 */
import type { Experiment, LabPlan, LabRequest } from '../../shared/contract.ts';
import type { Client } from '../../shared/client.ts';
import { diverged } from '../../shared/lab/table.ts';
import { StudyId } from '../../shared/lab/studyId.ts';
import { Latest } from '../lib/debounce.ts';
import type { I18n, Language } from './i18n.svelte.ts';
import { labLimits } from '../../shared/contract.ts';

/**
 * Whether it can go on: it was paused or stopped, or trainings ended in an error that is no result (diverging is one).
 */
export const canResume = ({ state, cells }: Experiment): boolean =>
  state === 'paused' ||
  state === 'stopped' ||
  (state === 'finished' && cells.some((cell) => cell.error !== null && !diverged(cell)));

export class Lab {
  #rows = $state.raw<readonly Experiment[]>([]);
  readonly #named = $derived.by(() => this.#rows.map(this.#i18n.named));
  loaded = $state(false);
  failed = $state.raw<unknown>(null);
  readonly #client: Client;
  readonly #i18n: I18n;

  constructor(client: Client, i18n: I18n) {
    this.#client = client;
    this.#i18n = i18n;
  }

  /** Their folders named in the language of the window. */
  get list(): readonly Experiment[] {
    return this.#named;
  }

  set list(rows: readonly Experiment[]) {
    this.#rows = rows;
  }

  /** Loads the experiments and follows them until the returned function is called. */
  open(): () => void {
    const stops = [
      this.#client.on('experiment', ({ experiment }) => this.put(experiment)),
      this.#client.on('experimentRemoved', ({ experimentId }) => this.#drop(experimentId)),
      this.#client.onConnection((connected) => {
        if (connected) void this.load();
      }),
    ];
    void this.load();
    return () => stops.forEach((stop) => stop());
  }

  load = async (): Promise<void> => {
    try {
      this.list = await this.#client.call('lab.list', null);
      this.loaded = true;
      this.failed = null;
    } catch (error) {
      this.failed = error;
    }
  };

  get = (id: string | null): Experiment | undefined => this.list.find((experiment) => experiment.id === id);

  of = (study: StudyId): readonly Experiment[] => this.list.filter((experiment) => experiment.study === study);

  /** New ones go first, as the list is newest first. */
  put(experiment: Experiment): void {
    this.list = this.get(experiment.id)
      ? this.list.map((other) => (other.id === experiment.id ? experiment : other))
      : [experiment, ...this.list];
  }

  #drop(experimentId: string): void {
    this.list = this.list.filter(({ id }) => id !== experimentId);
  }

  async start(request: LabRequest): Promise<Experiment> {
    const experiment = await this.#client.call('lab.start', request);
    this.put(experiment);
    return experiment;
  }

  pause = (experimentId: string) => this.#client.call('lab.pause', { experimentId });
  resume = (experimentId: string) => this.#client.call('lab.resume', { experimentId });
  stop = (experimentId: string) => this.#client.call('lab.stop', { experimentId });
  reveal = (experimentId: string) => this.#client.call('lab.reveal', { experimentId });

  async delete(experimentId: string, runs: boolean): Promise<{ runs: number; bytes: number }> {
    const deleted = await this.#client.call('lab.delete', { experimentId, runs });
    this.#drop(experimentId);
    return deleted;
  }

  /**
   * Writes the report into `folder`, null: below the application's own for exports. Errors: not-ours, where it would
   * replace files that no report made and `replace` is false.
   */
  report = (experimentId: string, language: Language, folder: string | null, replace = false) =>
    this.#client.call('lab.report', { experimentId, language, folder, replace });

  /** The files of the report with their text, unwritten, for the window to hand out. */
  files = (experimentId: string, language: Language) => this.#client.call('lab.preview', { experimentId, language });
}

/** Why an experiment cannot be started as the form stands; null: it can. */
export type Hindrance = 'folder' | 'reading' | 'planning' | 'refused' | 'failed' | 'starting' | null;

/** What a study is set up with. */
export const usual = { minutes: labLimits.minutes.usual, seeds: labLimits.seeds.usual } as const;

const areMinutes = (minutes: number): boolean => minutes > 0;
export const areSeeds = (seeds: number): boolean =>
  Number.isInteger(seeds) && seeds >= 1 && seeds <= labLimits.seeds.most;

export class LabSetup {
  study = $state<StudyId>(StudyId.options[0]);
  datasetId = $state<string | null>(null);
  minutes = $state<number>(usual.minutes);
  seeds = $state<number>(usual.seeds);
  linear = $state(false);
  plan = $state.raw<LabPlan | null>(null);
  planning = $state(false);
  starting = $state(false);
  /** The folder is still being read. */
  reading = $state(false);
  failed = $state.raw<unknown>(null);
  readonly #client: Client;
  readonly #plans = new Latest(250);

  constructor(client: Client) {
    this.#client = client;
  }

  close(): void {
    this.#plans.cancel();
  }

  /** Another study or folder: what was planned for the one before says nothing about it. */
  choose(study: StudyId, datasetId: string | null): void {
    this.study = study;
    this.datasetId = datasetId;
    this.plan = null;
    this.failed = null;
    this.replan(0);
  }

  /** As an address has it; what cannot be is what is usual. */
  open({ minutes, seeds, linear }: Pick<LabRequest, 'minutes' | 'seeds' | 'linear'>): void {
    this.minutes = areMinutes(minutes) ? minutes : usual.minutes;
    this.seeds = areSeeds(seeds) ? seeds : usual.seeds;
    this.linear = linear;
  }

  change(change: Partial<Pick<LabRequest, 'minutes' | 'seeds' | 'linear'>>): void {
    Object.assign(this, change);
    this.replan();
  }

  get request(): LabRequest | null {
    const { study, datasetId, minutes, seeds, linear } = this;
    return datasetId === null ? null : { study, datasetId, minutes, seeds, linear };
  }

  get hindrance(): Hindrance {
    if (this.datasetId === null) return 'folder';
    if (this.reading) return 'reading';
    if (this.starting) return 'starting';
    // Planned anew it can be started all the same: the click that ends the typing of a number waits for the plan.
    if (this.planning) return this.plan === null ? 'planning' : null;
    return this.#misfit;
  }

  get #misfit(): Hindrance {
    if (this.failed !== null) return 'failed';
    return this.plan === null || this.plan.refusals.length ? 'refused' : null;
  }

  replan(delay?: number): void {
    const { request } = this;
    if (!request) return this.#plans.cancel();
    this.planning = true;
    this.#plans.ask(async (signal) => {
      try {
        const plan = await this.#client.call('lab.plan', request, { signal });
        if (signal.aborted) return;
        this.plan = plan;
        this.failed = null;
      } catch (error) {
        if (!signal.aborted) this.failed = error;
      } finally {
        if (!signal.aborted) this.planning = false;
      }
    }, delay);
  }

  /**
   * Waits for the plan under way and starts the experiment; null where the plan refuses it.
   * @throws ContractError where the application does.
   */
  async start(start: (request: LabRequest) => Promise<Experiment>): Promise<Experiment | null> {
    if (this.hindrance !== null) return null;
    this.starting = true;
    try {
      await this.#plans.idle();
      const { request } = this;
      if (!request || this.#misfit !== null) return null;
      return await start(request);
    } finally {
      this.starting = false;
    }
  }
}
