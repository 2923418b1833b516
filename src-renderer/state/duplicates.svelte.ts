/** Duplicates of a folder as they were found: one finder for the Library and for Explore, with or without an encoder. */
import type { AppResult, DuplicateGroup, DuplicateKind } from '../../shared/contract.ts';
import type { Client } from '../../shared/client.ts';
import { IdList } from '../../shared/idList.ts';
import type { Tasks } from './tasks.svelte.ts';
import { Work } from './work.svelte.ts';

export const duplicateKinds = ['file', 'picture', 'alike'] as const;
type Found = NonNullable<AppResult<'duplicates.get'>>;

/** Groups that are read at a time. */
const step = 40;

export class Duplicates {
  /** Null: nothing was looked for yet. */
  found = $state.raw<Found | null>(null);
  loaded = $state(false);
  failed = $state.raw<unknown>(null);
  kind = $state<DuplicateKind>('picture');
  groups = $state.raw<readonly DuplicateGroup[]>([]);
  readonly work: Work;
  readonly #client: Client;
  #of: { datasetId: string; embeddingSetId: string | null } | null = null;
  #asked = 0;

  constructor(client: Client, tasks: Tasks) {
    this.#client = client;
    this.work = new Work(tasks, 'duplicates');
  }

  /** Opens what is known of a folder; the first kind that has groups is shown. */
  async open(datasetId: string, embeddingSetId: string | null): Promise<void> {
    this.#of = { datasetId, embeddingSetId };
    this.loaded = false;
    await this.reload(true);
  }

  async reload(anew = false): Promise<void> {
    const of = this.#of;
    if (!of) return;
    const asked = ++this.#asked;
    try {
      const limit = anew ? step : Math.min(200, Math.max(step, this.groups.length));
      let found = await this.#client.call('duplicates.get', { ...of, kind: this.kind, limit });
      const first = found && anew ? duplicateKinds.find((kind) => found!.groups[kind] > 0) : undefined;
      if (first && first !== this.kind)
        found = await this.#client.call('duplicates.get', { ...of, kind: first, limit });
      if (asked !== this.#asked) return;
      if (first) this.kind = first;
      this.found = found;
      this.groups = found?.page ?? [];
      this.failed = null;
    } catch (error) {
      if (asked === this.#asked) this.failed = error;
    } finally {
      if (asked === this.#asked) this.loaded = true;
    }
  }

  async show(kind: DuplicateKind): Promise<void> {
    this.kind = kind;
    this.groups = [];
    await this.reload();
  }

  async more(): Promise<void> {
    const of = this.#of;
    if (!of) return;
    const [asked, kind] = [this.#asked, this.kind];
    const next = await this.#client.call('duplicates.get', { ...of, kind, offset: this.groups.length, limit: step });
    if (asked === this.#asked && next) this.groups = [...this.groups, ...next.page];
  }

  find(): Promise<void> {
    const of = this.#of;
    return of
      ? this.work.run(
          () => this.#client.call('duplicates.start', of),
          () => this.reload(true),
        )
      : Promise.resolve();
  }

  /** Ids of all photos in groups of the shown kind but those to keep. */
  surplus = async (): Promise<string[]> =>
    this.#of ? [...IdList.read(await this.#client.call('duplicates.surplus', { ...this.#of, kind: this.kind }))] : [];
}
