/**
 * The form of a new run: what was chosen, what the application makes of it (configuration, cost, refusals) and
 * previews of the views. Every change asks for a new plan; nothing can be started that the plan refuses.
 */
import type { AppResult, PresetName, Refusal, Run } from '../../shared/contract.ts';
import type { ConfigPatch, RunConfig } from '../../shared/config.ts';
import { mergeConfig, RunConfig as RunConfigSchema } from '../../shared/config.ts';
import { idleBeside } from '../../shared/config/idle.ts';
import type { PhotoKind } from '../../shared/lab/photoKind.ts';
import { ContractError } from '../../shared/contract/wire.ts';
import type { Client } from '../../shared/client.ts';
import { difference, flatten, getAt, nest, setAt } from '../lib/patch.ts';
import type { Patch } from '../lib/patch.ts';
import { Latest } from '../lib/debounce.ts';
import { fieldOf, readField } from '../lib/fields.ts';
import { isMain, mainPresets } from '../lib/presets.ts';
import { ViewPreviews } from './view-previews.svelte.ts';

export type Plan = AppResult<'runs.plan'>;

/** Dotted path of the setting that an error is about; null: of none. */
export function settingOf({ details }: ContractError): string | null {
  return details && typeof details === 'object' && 'setting' in details ? String(details.setting) : null;
}

/** What a person has chosen so far. */
export interface Draft {
  datasetId: string;
  preset: PresetName | null;
  name: string;
  patch: Patch;
  clonedFrom: string | null;
  /** What the photos are of, for a trial; '': guessed from them. */
  photosOf: PhotoKind | '';
}

export class NewRun {
  datasetId = $state<string | null>(null);
  preset = $state<PresetName | null>('quick');
  name = $state('');
  patch = $state.raw<Patch>({});
  plan = $state.raw<Plan | null>(null);
  /** Cost of each preset as it is, for its card. */
  costs = $state.raw<Partial<Record<PresetName, Plan['estimate']>>>({});
  planning = $state(false);
  failed = $state.raw<unknown>(null);
  starting = $state(false);
  clonedFrom = $state<string | null>(null);
  photosOf = $state<PhotoKind | ''>('');
  readonly previews: ViewPreviews;
  readonly #client: Client;
  /** Each preset's configuration for the chosen folder. */
  #bases: Partial<Record<PresetName, RunConfig>> = {};
  /** Asks for a plan 200 ms after the last change; `start` waits for it. */
  readonly #plans = new Latest(200);

  constructor(client: Client) {
    this.#client = client;
    this.previews = new ViewPreviews(client);
  }

  close(): void {
    this.#plans.cancel();
    this.previews.close();
  }

  choose(datasetId: string): void {
    if (this.datasetId !== datasetId) this.costs = this.#bases = {};
    this.datasetId = datasetId;
    this.previews.clear();
    this.#ask(0);
    void this.#cost(datasetId);
  }

  /** The form filled with an earlier run's settings, changed by `advice` (dotted paths). */
  cloneOf(run: Run, advice: Patch = {}): void {
    this.clonedFrom = run.id;
    this.preset = null;
    const base = RunConfigSchema.parse({}) as unknown as Patch;
    let patch = difference(run.config as unknown as Patch, base);
    for (const [path, value] of flatten(nest(advice))) patch = setAt(patch, path, value);
    this.patch = patch;
    this.choose(run.datasetId);
  }

  /** Null until photos were chosen. */
  get draft(): Draft | null {
    const { datasetId, preset, name, patch, clonedFrom, photosOf } = this;
    return datasetId === null ? null : { datasetId, preset, name, patch, clonedFrom, photosOf };
  }

  restore({ datasetId, ...chosen }: Draft): void {
    Object.assign(this, chosen);
    this.choose(datasetId);
  }

  /** The form as it is before anything was chosen in it, of a preset that suits the photos. */
  begin(datasetId: string, preset: PresetName): void {
    this.restore({ datasetId, preset, name: '', patch: {}, clonedFrom: null, photosOf: '' });
  }

  /** The form as a trial says: the preset `quick` with its settings (dotted paths). */
  take(datasetId: string, patch: Patch): void {
    const { name, photosOf } = this;
    this.restore({ datasetId, preset: 'quick', name, patch: nest(patch), clonedFrom: null, photosOf });
  }

  usePreset(preset: PresetName): void {
    this.preset = preset;
    this.patch = {};
    this.clonedFrom = null;
    this.#ask(0);
  }

  /** The value in force: what was set here, else what the plan made of the preset. */
  value = (path: string): unknown =>
    getAt(this.patch, path) ?? (this.plan ? getAt(this.plan.config, path) : fieldOf(path)?.default);

  /** By which a run's length is set: at once as it was chosen, also while it is planned anew. */
  get length(): 'minutes' | 'epochs' {
    // setting one takes the other away, which is no number then, as an emptied field is
    if (typeof getAt(this.patch, 'epochs') === 'number') return 'epochs';
    return typeof this.value('minutes') === 'number' ? 'minutes' : 'epochs';
  }

  /** Sets it by the other, beginning with what is planned now. */
  measureBy(length: 'minutes' | 'epochs'): void {
    if (length === this.length) return;
    const { seconds = 600, epochs = 0 } = this.plan?.estimate ?? {};
    this.set(length, length === 'minutes' ? Math.max(1, Math.round(seconds / 60)) : epochs || 100);
  }

  /** The setting beside which this one does nothing; null: it counts, or nothing is planned yet. */
  idleBeside = (path: string): string | null => this.#inForce && idleBeside(path, this.#inForce);

  /** The plan with what was set since: where that is refused no plan comes of it. */
  readonly #inForce = $derived(this.plan && (mergeConfig(this.plan.config, this.patch as ConfigPatch) as RunConfig));

  isChanged = (path: string): boolean => getAt(this.patch, path) !== undefined;

  /** What the form begins from: the preset as this folder has it, or the defaults; null until it is known. */
  get #base(): RunConfig | null {
    return this.preset === null ? RunConfigSchema.parse({}) : (this.#bases[this.preset] ?? null);
  }

  /** Sets a value; undefined, or the very value of the preset, goes back to it. */
  set(path: string, given: unknown): void {
    const base = this.#base;
    const value = base !== null && getAt(base, path) === given && given !== null ? undefined : given;
    let patch = setAt(this.patch, path, value);
    // A run lasts a number of epochs or a time: setting one takes the other away.
    if (path === 'minutes' && typeof value === 'number') patch = setAt(patch, 'epochs', null);
    if (path === 'epochs' && typeof value === 'number') patch = setAt(patch, 'minutes', null);
    if ((path === 'minutes' || path === 'epochs') && value === undefined)
      for (const other of ['minutes', 'epochs']) patch = setAt(patch, other, undefined);
    this.patch = patch;
    this.#ask();
  }

  setText(path: string, text: string): void {
    const field = fieldOf(path);
    if (field) this.set(path, readField(field, text));
  }

  /** The error about what was typed for this setting, shown beside its field; null: none. */
  problemOf = (path: string): ContractError | null => {
    const { failed } = this;
    return failed instanceof ContractError && settingOf(failed) === path ? failed : null;
  };

  isWrong = (path: string): boolean => this.refusalOf(path) !== undefined || this.problemOf(path) !== null;

  refusalOf = (path: string): Refusal | undefined => this.plan?.refusals.find((refusal) => refusal.setting === path);

  fix(refusal: Refusal): void {
    if (refusal.suggestion !== undefined) this.set(refusal.setting, refusal.suggestion);
  }

  shuffle(): void {
    this.previews.shuffle();
    this.#preview(0);
  }

  get #isFit(): boolean {
    return this.plan !== null && this.plan.refusals.length === 0 && this.failed === null;
  }

  /** Also while it is planned anew: the click that ends the typing of a number is not lost, it waits for the plan. */
  get canStart(): boolean {
    return this.plan !== null && !this.starting && (this.planning || this.#isFit);
  }

  /**
   * Waits for the plan under way and calls `create`; null where the plan refuses.
   * @throws ContractError where the application does.
   */
  async start(
    create: (params: {
      datasetId: string;
      name: string | null;
      preset: PresetName | null;
      patch: Patch;
      clonedFrom: string | null;
    }) => Promise<AppResult<'runs.create'>>,
  ): Promise<AppResult<'runs.create'> | null> {
    this.starting = true;
    try {
      await this.#plans.idle();
      if (!this.#isFit) return null;
      return await create({
        datasetId: this.datasetId!,
        name: this.name.trim() || null,
        preset: this.preset,
        patch: this.patch,
        clonedFrom: this.clonedFrom,
      });
    } finally {
      this.starting = false;
    }
  }

  /** Plans anew, presets included; to be called when the photos or the devices changed as well. */
  replan(): void {
    this.#ask(0);
    if (this.datasetId) void this.#cost(this.datasetId);
  }

  #ask(delay?: number): void {
    const { datasetId, preset, patch } = this;
    if (!datasetId) return;
    this.planning = true;
    this.#plans.ask(async (signal) => {
      try {
        const plan = await this.#client.call('runs.plan', { datasetId, preset, patch }, { signal });
        if (signal.aborted) return;
        this.plan = plan;
        this.failed = null;
        this.#preview();
        // the three main ones are planned for what they cost
        if (preset !== null && !this.#bases[preset] && !isMain(preset)) {
          const { config } = await this.#client.call('runs.plan', { datasetId, preset, patch: {} }, { signal });
          if (this.datasetId === datasetId) this.#bases[preset] = config;
        }
      } catch (error) {
        if (!signal.aborted) this.failed = error;
      } finally {
        if (!signal.aborted) this.planning = false;
      }
    }, delay);
  }

  async #cost(datasetId: string): Promise<void> {
    for (const preset of mainPresets) {
      try {
        const { config, estimate } = await this.#client.call('runs.plan', { datasetId, preset, patch: {} });
        if (this.datasetId !== datasetId) return;
        this.costs = { ...this.costs, [preset]: estimate };
        this.#bases[preset] = config;
      } catch {
        return; // the plan of the chosen preset says why
      }
    }
  }

  #preview(delay?: number): void {
    const { datasetId, plan } = this;
    if (datasetId && plan) this.previews.make(datasetId, plan.config, delay);
  }
}
