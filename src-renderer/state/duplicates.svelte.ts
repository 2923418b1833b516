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

const keyOf = ({ kind, photos }: DuplicateGroup): string => `${kind} ${photos[0]?.id}`;

interface Of {
  datasetId: string;
  embeddingSetId: string | null;
}

export class Duplicates {
  /** Null: nothing was looked for yet. */
  found = $state.raw<Found | null>(null);
  loaded = $state(false);
  failed = $state.raw<unknown>(null);
  kind = $state<DuplicateKind>('picture');
  groups = $state.raw<readonly DuplicateGroup[]>([]);
  /** What a person keeps otherwise than is proposed, by kind and first photo of the group. */
  #choices = $state.raw<ReadonlyMap<string, { ids: readonly string[]; kept: ReadonlySet<string> }>>(new Map());
  readonly work: Work;
  readonly #client: Client;
  /** What is looked through, and what is shown of it: while nothing was found by an encoder, what was without one. */
  #of: Of | null = null;
  #shown: Of | null = null;
  #asked = 0;

  constructor(client: Client, tasks: Tasks) {
    this.#client = client;
    this.work = new Work(tasks, 'duplicates');
  }

  /** Opens what is known of a folder; of a kind, else of the first that has groups. */
  async open(datasetId: string, embeddingSetId: string | null, kind: DuplicateKind | null = null): Promise<void> {
    this.#of = this.#shown = { datasetId, embeddingSetId };
    this.#choices = new Map();
    this.loaded = false;
    if (kind) this.kind = kind;
    await this.reload(true, kind);
  }

  async reload(anew = false, chosen: DuplicateKind | null = null): Promise<void> {
    let of = anew ? this.#of : this.#shown;
    if (!of) return;
    const asked = ++this.#asked;
    try {
      const limit = anew ? step : Math.min(200, Math.max(step, this.groups.length));
      let found = await this.#client.call('duplicates.get', { ...of, kind: this.kind, limit });
      if (!found && of.embeddingSetId !== null) {
        of = { ...of, embeddingSetId: null };
        found = await this.#client.call('duplicates.get', { ...of, kind: this.kind, limit });
      }
      const first =
        found && anew && !chosen ? (duplicateKinds.find((kind) => found!.groups[kind] > 0) ?? 'picture') : undefined;
      if (first && first !== this.kind)
        found = await this.#client.call('duplicates.get', { ...of, kind: first, limit });
      if (asked !== this.#asked) return;
      this.#shown = of;
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
    const of = this.#shown;
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

  /** The photos of a group that are kept: those that a person chose, else the first. */
  kept(group: DuplicateGroup): ReadonlySet<string> {
    const ids = group.photos.map(({ id }) => id);
    const chosen = this.#choices.get(keyOf(group));
    // after a part of it was excluded it is another group
    return chosen && chosen.ids.length === ids.length ? chosen.kept : new Set(ids.slice(0, 1));
  }

  /** Those to exclude; none while none is kept. */
  others(group: DuplicateGroup): string[] {
    const kept = this.kept(group);
    return kept.size ? group.photos.flatMap(({ id }) => (kept.has(id) ? [] : [id])) : [];
  }

  keep(group: DuplicateGroup, imageId: string, on: boolean): void {
    const kept = new Set(this.kept(group));
    if (on) kept.add(imageId);
    else kept.delete(imageId);
    const ids = group.photos.map(({ id }) => id);
    this.#choices = new Map([...this.#choices, [keyOf(group), { ids, kept }]]);
  }

  /** Groups of the shown kind, as far as they are read, of which something else is kept than proposed. */
  get #chosen(): readonly DuplicateGroup[] {
    return this.groups.filter((group) => this.#choices.has(keyOf(group)));
  }

  /** How many photos of the shown kind are not kept. */
  get surplus(): number {
    const proposed = this.found?.surplus[this.kind] ?? 0;
    return this.#chosen.reduce((sum, group) => sum + this.others(group).length - group.photos.length + 1, proposed);
  }

  /** Their ids. */
  surplusIds = async (): Promise<string[]> => {
    if (!this.#shown) return [];
    const ids = new Set(
      IdList.read(await this.#client.call('duplicates.surplus', { ...this.#shown, kind: this.kind })),
    );
    for (const group of this.#chosen) {
      for (const { id } of group.photos) ids.delete(id);
      for (const id of this.others(group)) ids.add(id);
    }
    return [...ids];
  };
}
