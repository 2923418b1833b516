/**
 * The chosen photos over a reload: the tab keeps them when its page goes, and the next page has them at once. So it does
 * where a person let all of them go, that what was picked once is not chosen anew. Those that are gone meanwhile are let
 * go when the application has said which are there; what was too many for the browser's storage is said, not lost in
 * silence.
 */
import { z } from 'zod';
import type { Client } from '../../shared/client.ts';
import type { Dataset } from '../../shared/contract.ts';
import { IdList } from '../../shared/idList.ts';
import { apart } from '../lib/apart.ts';
import { packIds, unpackIds } from '../lib/packed-ids.ts';
import type { Selection } from './selection.svelte.ts';

export type SessionStorage = Pick<globalThis.Storage, 'getItem' | 'setItem' | 'removeItem'>;

const KEY = 'lookalike.selection';

const folderOf = (imageId: string): string => imageId.slice(0, imageId.lastIndexOf('-'));

const Kept = z.object({
  /** The folder whose photos were on screen. */
  folder: z.string().nullable(),
  count: z.int(),
  /** null: there was no room for them. */
  packed: z.array(z.tuple([z.string(), z.string()])).nullable(),
});
type Kept = z.infer<typeof Kept>;

/** What of the window it needs. */
interface Surroundings {
  client: Client;
  selection: Selection;
  library: { get(id: string | null): Dataset | undefined };
  /** null: the browser keeps nothing. */
  storage: SessionStorage | null;
  /** Says that photos are not chosen any more: as they are gone, or as they were too many to keep. */
  say(why: 'gone' | 'notKept', count: number): void;
}

export class KeptSelection {
  readonly #around: Surroundings;
  /** So many were chosen before the reload, and could not be kept. */
  #lost: number;

  constructor(around: Surroundings) {
    this.#around = around;
    const kept = this.#read();
    this.#lost = kept && !kept.packed ? kept.count : 0;
    if (!kept?.packed) return;
    around.selection.set(unpackIds(kept.packed));
    around.selection.folder = kept.folder;
    around.selection.isLetGo = kept.count === 0;
  }

  /** To be called when the page goes. */
  keep = (): void => {
    const { storage, selection } = this.#around;
    const { folder, ids, isLetGo } = selection;
    try {
      storage?.removeItem(KEY); // room for the new one, and no older one in its place
      if (ids.size === 0 && !isLetGo) return;
      this.#put({ folder, count: ids.size, packed: packIds(ids) });
    } catch {
      // storage is off
    }
  };

  #put(kept: Kept): void {
    const { storage } = this.#around;
    try {
      storage?.setItem(KEY, JSON.stringify(kept));
    } catch {
      storage?.setItem(KEY, JSON.stringify({ ...kept, packed: null }));
    }
  }

  #read(): Kept | null {
    try {
      return Kept.parse(JSON.parse(this.#around.storage?.getItem(KEY) ?? 'null'));
    } catch {
      return null; // nothing was kept, of another version, or storage is off
    }
  }

  /** Follows folders that are taken out or read again. To be called behind the library's. */
  listen(): () => void {
    const { client } = this.#around;
    const busy = new Set<string>();
    const stops = [
      client.on('datasetRemoved', () => void this.check()),
      client.on('dataset', ({ dataset: { id, state } }) => {
        if (state !== 'ready') busy.add(id);
        else if (busy.delete(id)) void this.check();
      }),
    ];
    return () => stops.forEach((stop) => stop());
  }

  /**
   * Lets go of photos that are gone; to be called when the folders are known. Those of a folder that is not there now, or
   * is being read, may come back.
   */
  async check(): Promise<void> {
    const { client, selection, library, say } = this.#around;
    if (this.#lost > 0) say('notKept', this.#lost);
    this.#lost = 0;
    const gone: string[] = [];
    for (const [folder, chosen] of Map.groupBy(selection.ids, folderOf)) {
      const dataset = library.get(folder);
      if (!dataset) for (const id of chosen) gone.push(id);
      if (dataset?.state !== 'ready') continue;
      try {
        const ids = IdList.read(await client.call('photos.ids', { datasetId: folder }));
        const there = await ids.prepare(() => apart(() => {}));
        for (const id of chosen) if (there.rowOf(id) < 0) gone.push(id);
      } catch {
        // nobody answers, or the folder was taken out meanwhile: it is looked at again then
      }
    }
    const count = selection.drop(gone);
    if (count > 0) say('gone', count);
  }
}
