/**
 * Keeps the folders of the library watched while there is a window: what changes in one is read a while after the last
 * change, and seldom enough that reading stays a small part of the time, however long it takes.
 */
import type { Stop } from '../../../shared/closers.ts';
import type { AppContext } from '../context.ts';
import { FolderWatch } from './folderWatch.ts';
import type { Library } from './library.ts';

/** Milliseconds without a further change before a folder is read, at least. */
const QUIET = 3000;
/** A reading that took so long is not begun again for so many times as long. */
const REST = 10;

interface Watched {
  watch: FolderWatch;
  timer: NodeJS.Timeout | undefined;
  /** When it was last read by itself, by the clock that does not jump, and for how long, ms. */
  read: { at: number; took: number };
}

/** `ready` resolves when all folders that are known by then are watched. */
export function watchFolders(
  { store, events }: AppContext,
  library: Library,
  quiet = QUIET,
): { stop: Stop; ready(): Promise<unknown> } {
  const watched = new Map<string, Watched>();

  const changed = (id: string) => {
    const one = watched.get(id);
    if (!one) return;
    clearTimeout(one.timer);
    const rest = one.read.at + REST * one.read.took - performance.now();
    one.timer = setTimeout(() => void read(id), Math.max(quiet, rest)).unref();
  };
  const read = async (id: string) => {
    const one = watched.get(id);
    if (!one || store.datasets.get(id)?.removedAt) return;
    if (library.readings.isListing(id)) return changed(id); // may have passed what changed
    const began = performance.now();
    await library
      .command(id, () => {
        library.dataset(id);
        library.readings.begin(id, true);
      })
      .catch(() => undefined); // removed, or closing
    await library.readings.listed(id);
    one.read = { at: performance.now(), took: performance.now() - began };
  };
  const leave = (id: string) => {
    const one = watched.get(id);
    watched.delete(id);
    clearTimeout(one?.timer);
    one?.watch.close();
  };
  const keep = (id: string, folder: string) => {
    if (store.images.folderOf(id) !== id || watched.get(id)?.watch.folder === folder) return; // a collection's folder is another's
    leave(id);
    watched.set(id, {
      watch: new FolderWatch(folder, () => changed(id)),
      timer: undefined,
      read: { at: -Infinity, took: 0 },
    });
  };

  const off = events.on((event) => {
    if (event.name === 'datasetRemoved') leave(event.datasetId);
    else if (event.name === 'dataset')
      if (event.dataset.state === 'offline')
        leave(event.dataset.id); // watched anew when it is back
      else keep(event.dataset.id, event.dataset.folder);
  });
  for (const { id, folder, removedAt } of store.datasets.all()) if (!removedAt) keep(id, folder);
  return {
    stop: () => {
      off();
      for (const id of [...watched.keys()]) leave(id);
    },
    ready: () => Promise.all([...watched.values()].map(({ watch }) => watch.ready)),
  };
}
