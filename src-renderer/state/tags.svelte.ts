/** Tags on photos: all there are, as every page sees them, and what one does to them. */
import type { AppParams, AppResult, Tag } from '../../shared/contract.ts';
import type { Client } from '../../shared/client.ts';
import { IdList } from '../../shared/idList.ts';
import type { I18n } from './i18n.svelte.ts';
import { AT_ONCE, inPieces } from '../../shared/pieces.ts';
import { TagCounts } from './tag-counts.svelte.ts';

/** What undoes that a tag was put on photos or taken off. */
export type Tagging = AppResult<'tags.set'>;

export class Tags {
  #rows = $state.raw<readonly Tag[]>([]);
  readonly #named = $derived.by(() => this.#rows.map(this.#i18n.named));
  /** Grows when photos got or lost tags: lists that show them are read again. */
  version = $state(0);
  /** How many photos of the folder on screen have each. */
  readonly counts: TagCounts;
  readonly #client: Client;
  readonly #i18n: I18n;
  /** The tag that each which was merged is now, by their ids. */
  readonly #merged = new Map<string, string>();

  constructor(client: Client, i18n: I18n) {
    this.#client = client;
    this.#i18n = i18n;
    this.counts = new TagCounts(client);
  }

  /** Named in the language of the window. */
  get list(): readonly Tag[] {
    return this.#named;
  }

  set list(rows: readonly Tag[]) {
    this.#rows = rows;
  }

  listen(): () => void {
    const stops = [
      this.#client.on('tags', ({ tags, merged = {} }) => {
        for (const [id, into] of Object.entries(merged)) this.#merged.set(id, into);
        for (const { id } of tags) this.#merged.delete(id); // it was parted again
        this.list = tags;
        this.version++;
        this.counts.renew();
      }),
      this.#client.on('dataset', this.counts.renew), // photos with tags came or went
    ];
    return () => stops.forEach((stop) => stop());
  }

  async load(): Promise<void> {
    this.list = await this.#client.call('tags.list', null);
    this.counts.renew();
  }

  get = (id: string | null): Tag | undefined => this.list.find((tag) => tag.id === id);
  /** The tag itself, or the one that it was merged into; null: it was deleted. What shows a tag goes on with that one. */
  heir = (id: string | null): string | null => {
    for (let at: string | undefined = id ?? undefined; at; at = this.#merged.get(at)) if (this.get(at)) return at;
    return null;
  };
  named = (name: string): Tag | undefined =>
    this.list.find((tag) => tag.name.toLowerCase() === name.trim().toLowerCase());
  ofKey = (key: number): Tag | undefined => this.list.find((tag) => tag.key === key);

  create = (name: string): Promise<Tag> => this.#client.call('tags.create', { name });
  update = (change: AppParams<'tags.update'>): Promise<Tag> => this.#client.call('tags.update', change);

  /** Merges a tag into another and returns what parts them again. */
  async merge(tagId: string, into: string): Promise<() => Promise<void>> {
    const { merged, ...tagging } = await this.#client.call('tags.merge', { tagIds: [tagId], into });
    return async () => {
      for (const one of merged) await this.#restore(one);
      await this.undo(into, tagging, true);
    };
  }

  /** Deletes the tag and returns what brings it back, on its photos. */
  async delete(tagId: string): Promise<() => Promise<void>> {
    const deleted = await this.#client.call('tags.delete', { tagId });
    const [imageIds, rejected] = [deleted.imageIds, deleted.rejected].map((ids) => [...IdList.read(ids)]);
    return () => this.#restore({ tag: deleted.tag, imageIds: imageIds!, rejected: rejected! });
  }

  async #restore({ imageIds, rejected = [], ...of }: AppParams<'tags.restore'>): Promise<void> {
    const [some, refused] = [imageIds, rejected].map((ids) => ids.slice(0, AT_ONCE));
    const { id } = await this.#client.call('tags.restore', { ...of, imageIds: some!, rejected: refused });
    if (imageIds.length > AT_ONCE) await this.set(id, imageIds.slice(AT_ONCE), true);
    if (rejected.length > AT_ONCE) await this.reject(id, rejected.slice(AT_ONCE), true);
  }

  /** @returns ids of the photos that this changed, and whose rejection it took back, to undo it with */
  async set(tagId: string, imageIds: readonly string[], on: boolean): Promise<Tagging> {
    const changed: string[] = [];
    const rejected: string[] = [];
    try {
      await inPieces(imageIds, async (some) => {
        const done = await this.#client.call('tags.set', { tagId, imageIds: some, on });
        for (const id of done.changed) changed.push(id);
        for (const id of done.rejected) rejected.push(id);
        return [];
      });
    } catch (error) {
      await this.undo(tagId, { changed, rejected }, on).catch(() => {}); // the first fault is told
      throw error;
    }
    return { changed, rejected };
  }

  /** Takes back what `set` did. */
  async undo(tagId: string, { changed, rejected }: Tagging, on: boolean): Promise<void> {
    if (changed.length > 0) await this.set(tagId, changed, !on);
    if (rejected.length > 0) await this.reject(tagId, rejected, true);
  }

  /** Rejects the tag for photos, or takes that back. @returns ids of those that this changed */
  reject = (tagId: string, imageIds: readonly string[], on: boolean): Promise<readonly string[]> =>
    inPieces(imageIds, async (some) => (await this.#client.call('tags.reject', { tagId, imageIds: some, on })).changed);
}
