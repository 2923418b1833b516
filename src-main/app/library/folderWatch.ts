/**
 * Tells that something may have changed below a folder, by the events of the system. What changed is left to a listing:
 * events come twice, late, or for half a file. macOS and Windows watch a folder with all that is below it; Linux watches
 * each folder by itself, up to a number that leaves enough for other programs. Folders of other computers send no
 * events: there, as beyond the number, changes are found when the folder is read.
 */
import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { systemPath } from '../../files/index.ts';
import { kindByName } from '../../images/index.ts';

/** Folders watched one by one at most, for each folder of the library. */
const MOST_FOLDERS = 4096;

/** Whether a path below the folder may be of photos: an image, or what may be one or a folder of them; nothing hidden. */
function mayMatter(path: string): boolean {
  const names = path.split(/[\\/]/);
  return !names.some((name) => name.startsWith('.')) && kindByName(names.at(-1)!) !== 'other';
}

export class FolderWatch {
  readonly folder: string;
  /** Resolves when all folders that were there are watched. */
  readonly ready: Promise<void>;
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #changed: () => void;
  readonly #most: number;
  #closed = false;

  constructor(folder: string, changed: () => void, { most = MOST_FOLDERS, whole = process.platform !== 'linux' } = {}) {
    this.folder = folder;
    this.#changed = changed;
    this.#most = most;
    this.ready = whole ? Promise.resolve(this.#watch(folder, true)) : this.#enter(folder);
  }

  close(): void {
    this.#closed = true;
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #watch(folder: string, recursive: boolean): void {
    if (this.#closed || this.#watchers.has(folder) || this.#watchers.size >= this.#most) return;
    try {
      const watcher = watch(systemPath(folder), { recursive, persistent: false }, (type, name) => {
        if (this.#closed) return;
        if (name !== null && !mayMatter(name)) return;
        this.#changed();
        if (!recursive && type === 'rename' && name !== null) this.#renew(join(folder, name));
      });
      // it is gone, or may be watched no longer
      watcher.on('error', () => {
        watcher.close();
        if (this.#watchers.get(folder) === watcher) this.#watchers.delete(folder);
      });
      this.#watchers.set(folder, watcher);
    } catch {
      // the system watches no more folders, or not this one
    }
  }

  /** A name has come or gone. The folder that had it may be another by now: a system's watch stays with the first one. */
  #renew(path: string): void {
    if (this.#watchers.has(path))
      for (const [folder, watcher] of this.#watchers)
        if (folder === path || folder.startsWith(path + sep)) {
          watcher.close();
          this.#watchers.delete(folder);
        }
    void this.#enter(path);
  }

  /** Watches a folder and those below it, but for hidden ones; a name that is no folder is none of its business. */
  async #enter(folder: string): Promise<void> {
    const waiting = [folder];
    for (let next = waiting.pop(); next !== undefined && !this.#closed; next = waiting.pop()) {
      const before = this.#watchers.size;
      try {
        const entries = await opendir(systemPath(next) as string, { bufferSize: 256 });
        this.#watch(next, false); // before its entries are read: what comes between is told
        for await (const entry of entries)
          if (entry.isDirectory() && !entry.name.startsWith('.')) waiting.push(join(next, entry.name));
      } catch {
        // no folder, gone meanwhile, or closed to us
      }
      if (this.#watchers.size === before && before >= this.#most) return;
    }
  }
}
