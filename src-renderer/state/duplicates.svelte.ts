/** Duplicates of a folder as they were found: one finder for the Library and for Explore, with or without an encoder. */
import type { AppResult, DuplicateGroup, DuplicateKind } from '../../shared/contract.ts';
import type { Client } from '../../shared/client.ts';
import { IdList } from '../../shared/idList.ts';
import type { Drafts } from '../lib/draft.ts';
import type { Tasks } from './tasks.svelte.ts';
import { Work } from './work.svelte.ts';

export const duplicateKinds = ['file', 'picture', 'alike'] as const;
type Found = NonNullable<AppResult<'duplicates.get'>>;

/** Groups that are read at a time, and the most that are. */
const [step, most] = [40, 200];

/** By all of its photos: after a part of it was excluded it is another group, of which nothing was chosen. */
const keyOf = ({ kind, photos }: DuplicateGroup): string => [kind, ...photos.map(({ id }) => id).sort()].join(' ');

/** What a person did with the groups of a folder and excluded nothing by yet. */
export interface Sifting {
  /** What is kept otherwise than is proposed: ids by the key of the group. */
  kept: readonly (readonly [group: string, imageIds: readonly string[]])[];
  /** How many groups were read: what was chosen in them counts while they are shown. */
  read: Readonly<Partial<Record<DuplicateKind, number>>>;
}

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
  #choices = $state.raw<ReadonlyMap<string, readonly string[]>>(new Map());
  readonly work: Work;
  readonly #client: Client;
  #read: Sifting['read'] = {};
  readonly #unsent: Drafts<Sifting> | null;
  /** What is looked through, and what is shown of it: while nothing was found by an encoder, what was without one. */
  #of: Of | null = null;
  #shown: Of | null = null;
  #asked = 0;

  /** @param unsent where choices outlive this, by folder: they are lost by no other tab, Back or reload */
  constructor(client: Client, tasks: Tasks, unsent: Drafts<Sifting> | null = null) {
    this.#client = client;
    this.#unsent = unsent;
    this.work = new Work(tasks, 'duplicates');
  }

  /** Opens what is known of a folder; of a kind, else of the first that has groups. */
  async open(datasetId: string, embeddingSetId: string | null, kind: DuplicateKind | null = null): Promise<void> {
    this.#of = this.#shown = { datasetId, embeddingSetId };
    const sifting = this.#unsent?.read(datasetId);
    this.#choices = new Map(sifting?.kept);
    this.#read = sifting?.read ?? {};
    this.loaded = false;
    if (kind) this.kind = kind;
    await this.reload(true, kind);
  }

  async reload(anew = false, chosen: DuplicateKind | null = null): Promise<void> {
    let of = anew ? this.#of : this.#shown;
    if (!of) return;
    const asked = ++this.#asked;
    try {
      let found = await this.#get(of, this.kind);
      if (!found && of.embeddingSetId !== null) {
        of = { ...of, embeddingSetId: null };
        found = await this.#get(of, this.kind);
      }
      const first =
        found && anew && !chosen ? (duplicateKinds.find((kind) => found!.groups[kind] > 0) ?? 'picture') : undefined;
      if (first && first !== this.kind) found = await this.#get(of, first);
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

  /** As many groups as were read before. */
  async #get(of: Of, kind: DuplicateKind): Promise<Found | null> {
    const wanted = Math.max(step, this.#read[kind] ?? 0);
    const found = await this.#client.call('duplicates.get', { ...of, kind, limit: Math.min(most, wanted) });
    if (!found) return null;
    const page = [...found.page];
    while (page.length < Math.min(wanted, found.groups[kind])) {
      const limit = Math.min(most, wanted - page.length);
      const next = await this.#client.call('duplicates.get', { ...of, kind, offset: page.length, limit });
      if (!next?.page.length) break; // they went meanwhile
      page.push(...next.page);
    }
    return { ...found, page };
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
    if (asked !== this.#asked || !next) return;
    this.groups = [...this.groups, ...next.page];
    this.#read = { ...this.#read, [kind]: this.groups.length };
    this.#keepUnsent();
  }

  #keepUnsent(): void {
    if (this.#of) this.#unsent?.keep(this.#of.datasetId, { kept: [...this.#choices], read: this.#read });
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
    return new Set(this.#choices.get(keyOf(group)) ?? group.photos.slice(0, 1).map(({ id }) => id));
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
    this.#choices = new Map([...this.#choices, [keyOf(group), [...kept]]]);
    this.#keepUnsent();
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
